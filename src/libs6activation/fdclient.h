/* ISC license. */

#ifndef S6ACTIVATION_FDCLIENT_H
#define S6ACTIVATION_FDCLIENT_H

 /* What the functions of fdholder.h share. Not installed, and not exported. */

#include <sys/types.h>

#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "libfdwire/wire.h"
#include "libfdwire/frame.h"

 /* Receives the answers to one request: nothing of them is left after it. */

struct fdclient_inbox
{
  fdholder *connection ;
  struct frame_in in ;
  struct frame frame ;    /* the last one; valid until the next one is received */
  size_t readmax ;        /* bytes that one read may take */
  unsigned int asked ;    /* a read makes sense before poll has said so */
  char buffer[FRAME_IN_BUFFER] ;
} ;

 /* What the daemon has said. */

enum fdclient_heard
{
  FDCLIENT_NOTHING,
  FDCLIENT_BEFORE,  /* something, but nothing since the last request */
  FDCLIENT_ANSWER  /* something since then */
} ;

 /* After a request that can be repeated has failed: where the connection has broken
    before anything of its answer came, it is made anew. 1: ask once more. 0: it
    has failed, errno says why. */
extern int fdclient_renew (fdholder *, tain const *, tain *) ;

 /* Makes the connection useless: errno is noted, ECONNRESET becoming EPIPE. Returns 0. */
extern int fdclient_fail (fdholder *) ;

 /* Sleeps for *pause milliseconds, but not past the deadline, and doubles *pause
    up to 50. 0, ETIMEDOUT: the deadline had come before. */
extern int fdclient_pause (unsigned int *pause, tain const *, tain *) ;

 /* Puts a connected socket in order, for one of the dialects. Owns fd. */
extern void fdclient_init (fdholder *, int fd, int iss6) ;

 /* The client's half of the native handshake, on such a socket. EPIPE: closed
    without a word, as s6's daemon does. EAGAIN: our daemon has no place for us. */
extern int fdclient_greet (fdholder *, tain const *, tain *) ;

 /* Sends one frame with nfds descriptors, which stay the caller's. When nothing
    has left, the connection is still good after a failure. */
extern int fdclient_send (fdholder *, char const *, size_t, int const *, unsigned int, tain const *, tain *) ;

 /* Receives one frame of at most maxbody bytes, while at most maxfds descriptors wait. */
extern void fdclient_inbox_init (struct fdclient_inbox *, fdholder *) ;
extern int fdclient_receive (struct fdclient_inbox *, size_t maxbody, unsigned int maxfds, tain const *, tain *) ;

 /* Receives one byte, and the descriptor that may come with it. */
extern int fdclient_receive_byte (struct fdclient_inbox *, char *, tain const *, tain *) ;

 /* Takes the n descriptors that belong to the last frame; they are the caller's then.
    0, EPROTO: they are not all there, or the frame claims another number. */
extern int fdclient_inbox_take (struct fdclient_inbox *, int *, unsigned int) ;

 /* The first byte of the last answer: 1 if it is 0, and *r is what follows;
    else 0 and errno. */
extern int fdclient_answer (struct fdclient_inbox *, struct wire_reader *) ;

 /* Frees what the inbox has, keeps errno. ok: what all went well, which is returned
    then. 0, EPROTO and a useless connection if anything is left over. */
extern int fdclient_inbox_end (struct fdclient_inbox *, int ok) ;

 /* The answer cannot be understood: EPROTO, and the connection is useless. Returns 0. */
extern int fdclient_misunderstood (struct fdclient_inbox *) ;

 /* Receives an answer that is one errno byte and no descriptor; and the same
    after sending a request. */
extern int fdclient_outcome (fdholder *, tain const *, tain *) ;
extern int fdclient_command (fdholder *, char const *, size_t, int const *, unsigned int, tain const *, tain *) ;

 /* Sends a store request, or another one that wants the same, as the packer makes it. */
typedef size_t fdclient_pack_func (char *, tain const *, char const *, size_t) ;
extern int fdclient_put (fdholder *, fdclient_pack_func *, int, char const *, tain const *, tain const *, tain *) ;

 /* Sends a retrieve request with these flags; the descriptor, or -1. */
extern int fdclient_retrieve_flags (fdholder *, char const *, uint8_t, tain const *, tain *) ;

 /* The same, as often as it takes: waits until the id is there, on a connection
    that is made anew when it breaks. ENOSYS: the daemon
    cannot wait. After a failure the connection may be ended. */
extern int fdclient_await (fdholder *, char const *, uint8_t, tain const *, tain *) ;

 /* The length of an id; 0 and errno if it is none. */
extern size_t fdclient_id_length (char const *) ;

 /* What is sent for "never", counted from the current wall clock. */
extern int fdclient_never (tain *) ;

#endif
