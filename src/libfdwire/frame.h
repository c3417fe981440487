/* ISC license. */

#ifndef S6ACTIVATION_FRAME_H
#define S6ACTIVATION_FRAME_H

 /*
    Frames of both dialects on a Unix socket, for both ends: headers, the
    fill by recvmsg(2), the queue of received descriptors, the output queue.
    Verbs are not known here.

    skalibs has textmessage and unixmessage, which are not used for this.
    textmessage reads by readv(2), which throws descriptors away, and its
    sender cannot attach any. unixmessage queues them by bare number, begins
    a message again after a short write, and allocates what a header of up to
    256 MiB claims. Both own a buffer for each connection.

    Here a connection owns what it has in the midst of a message, and nothing
    between two. Bytes are received into a buffer that is lent by who reads,
    and looked at there; what is left of an unfinished message moves to memory
    of its own before the buffer goes back (frame_in_settle). No allocation
    grows with a number that the other side merely claims: that memory has
    room for a buffer, or for as much as has come, more than has come.

    Descriptors in both queues are held through struct frame_fdops, so that
    the daemon counts references and a client program simply closes.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/stralloc.h>

#include "libfdwire/wire.h"

enum frame_dialect
{
  FRAME_NATIVE,  /* textmessage: u32 body length */
  FRAME_S6  /* unixmessage: u32 body length, u16 descriptor count */
} ;

enum frame_sizes
{
  FRAME_NATIVE_HEADER = 4,
  FRAME_S6_HEADER = 6,
  FRAME_SNIFF = 5,  /* with so many bytes read the dialect is known */
  FRAME_IN_BUFFER = 4096,  /* what is lent to who reads */
  FRAME_IN_FDS = 2,  /* descriptors that may wait, and one more, need no memory */
  FRAME_OUT_FEW = 3,  /* words: one descriptor that waits to be sent needs no memory */
  FRAME_OUT_KEPT = 64  /* bytes for the next answer: an error can be told when there is no memory */
} ;

struct frame_fdops
{
  int (*adopt) (void *, int) ;  /* takes the descriptor, whatever happens; 0: closed it, errno set */
  void (*addref) (void *, int) ;
  void (*unref) (void *, int) ;
} ;

extern struct frame_fdops const frame_fdops_close ;  /* adopts anything, unref is close(2) */
extern struct frame_fdops const frame_fdops_lent ;  /* unref does nothing: for what is sent, and stays the caller's */


 /* Input */

enum frame_fill
{
  FRAME_FILL_EOF,
  FRAME_FILL_OK,
  FRAME_FILL_AGAIN,
  FRAME_FILL_SHORTAGE,  /* descriptors were lost for want of room in this process */
  FRAME_FILL_EXTRA,  /* more descriptors than the other side may send now */
  FRAME_FILL_NOMEMORY,
  FRAME_FILL_ERROR  /* errno says which */
} ;

enum frame_get
{
  FRAME_GET_NONE,  /* no whole frame is here */
  FRAME_GET_OK,
  FRAME_GET_BAD  /* a length or a count beyond what is legal, or too few descriptors */
} ;

 /* Where s points: kept, if there is any, has all the bytes, else the buffer
    that was lent has them. */

struct frame_in
{
  char const *s ;  /* what has come and was not taken: len bytes */
  size_t len ;
  char *kept ;  /* memory of its own, or 0 */
  size_t room ;  /* bytes in kept */
  struct frame_fdops const *fdops ;
  void *owner ;  /* what they are called with */
  int *fds ;  /* the queue: few, or memory of its own */
  int few[FRAME_IN_FDS] ;
  uint32_t maxbody ;
  uint16_t fdhead ;
  uint16_t fdcount ;
  uint16_t fdmax ;  /* how many the other side may send now */
  uint16_t fdroom ;  /* places in fds */
  uint8_t dialect ;  /* enum frame_dialect */
} ;

struct frame
{
  char const *s ;  /* valid until the next fill, or settle */
  size_t len ;
  uint16_t nfds ;  /* s6: claimed by the header, and there: take them by frame_in_takefd */
} ;

extern void frame_in_init (struct frame_in *, struct frame_fdops const *, void *) ;
extern void frame_in_free (struct frame_in *) ;  /* drops what is queued */

 /* What the other side may send from now on. maxfds: queued, not of one message. */
extern void frame_in_allow (struct frame_in *, uint32_t maxbody, unsigned int maxfds) ;

 /* One recvmsg(2) of at most max bytes, at least 1, into the buffer, which has
    FRAME_IN_BUFFER, or to what is kept. The buffer must stay until settle. */
extern enum frame_fill frame_in_fill (struct frame_in *, int fd, char *buffer, size_t max) ;

 /* The buffer goes back: what is left of it is kept, and where nothing is left
    there is no memory. 0: there is none for it, the bytes are gone. */
extern int frame_in_settle (struct frame_in *) ;

extern int frame_in_sniff (struct frame_in const *, enum frame_dialect *) ;  /* 0: too early to tell */
extern enum frame_get frame_in_get (struct frame_in *, struct frame *) ;
extern size_t frame_in_missing (struct frame_in const *) ;  /* bytes that must come before more can be known of it; of one that is whole, or cannot be: 1 */
extern int frame_in_getbyte (struct frame_in *, char *) ;  /* outside any frame; 0: there is none */
#define frame_in_fdcount(in) ((in)->fdcount)
#define frame_in_isextra(in) ((in)->fdcount > (in)->fdmax)  /* after frame_in_allow allowed less */
extern int frame_in_takefd (struct frame_in *) ;  /* the caller owns the reference; -1 if there is none */
#define frame_in_isempty(in) (!(in)->len)  /* no byte of an unfinished frame is here */


 /* Output */

 /* The header of a body of so many bytes, with so many descriptors. Returns its length. */
extern size_t frame_pack_header (char *, enum frame_dialect, size_t len, unsigned int nfds) ;

 /* The queue of descriptors, in words. For each message that carries any: the
    offset in data of the byte that carries them, its first one; how many; and
    these, side by side as they are sent. */

struct frame_out
{
  stralloc data ;  /* below 4 GiB */
  size_t head ;  /* first byte that has not left */
  int *queue ;  /* few, or memory of its own */
  int few[FRAME_OUT_FEW] ;
  uint32_t qhead ;  /* first word of what has not left */
  uint32_t qend ;
  uint32_t qroom ;
  uint32_t fdcount ;  /* descriptors that have not left */
  struct frame_fdops const *fdops ;
  void *owner ;  /* what they are called with */
  uint8_t dialect ;  /* enum frame_dialect */
} ;

enum frame_flush
{
  FRAME_FLUSH_DONE,
  FRAME_FLUSH_AGAIN,  /* the socket is full: wait until it is writable */
  FRAME_FLUSH_SHORTAGE,  /* the kernel is out of something: try again by a timer */
  FRAME_FLUSH_HELD,  /* the next descriptors are more than may be sent now */
  FRAME_FLUSH_ERROR
} ;

extern void frame_out_init (struct frame_out *, struct frame_fdops const *, void *) ;
extern void frame_out_free (struct frame_out *) ;
 /* Queues a whole frame. Each descriptor gets one reference more by the queue.
    0, errno ENOMEM: nothing was queued, nothing referenced. */
extern int frame_out_put (struct frame_out *, char const *, size_t, int const *, unsigned int) ;
 /* Bytes outside any frame, such as the channel byte of the handshake. */
extern int frame_out_putraw (struct frame_out *, char const *, size_t, int const *, unsigned int) ;
 /* Room for a frame whose body the caller writes in place: returns where, or 0.
    frame_out_commit makes it part of the queue. */
extern char *frame_out_reserve (struct frame_out *, size_t maxbody, unsigned int nfds) ;
extern void frame_out_commit (struct frame_out *, size_t len, int const *, unsigned int) ;
 /* *fdmax: how many descriptors may be sent; less those that were. 0: any number. */
extern enum frame_flush frame_out_flush (struct frame_out *, int fd, uint32_t *fdmax) ;
#define frame_out_fds(out) ((out)->fdcount)  /* that have not left */
#define frame_out_pending(out) ((out)->data.len - (out)->head)
#define frame_out_isempty(out) (!frame_out_pending(out))

#endif
