/* ISC license. */

/* A client that knows both dialects and obeys neither: it sends any bytes
   with any descriptors in any pieces, and reads as slowly as it likes.
   Every wait ends after 30 seconds. */

#ifndef S6ACTIVATION_TESTS_RAWCLIENT_H
#define S6ACTIVATION_TESTS_RAWCLIENT_H

#include <stddef.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdwire/frame.h"
#include "libfdwire/wire.h"

enum raw_numbers
{
  RAW_FDS_MAX = 253,
  RAW_CLOSED = -1,  /* instead of an errno: the daemon closed, or said nothing for 30 s */
  RAW_MALFORMED = -2  /* an answer that is none */
} ;

struct rawclient
{
  int fd ;
  int channel ;  /* native: the event pipe; -1: none */
  enum frame_dialect dialect ;
  size_t bite ;  /* most bytes that one recvmsg(2) asks for; 0: no bound */
  int isdripping ;  /* raw_put sends one byte at a time, each after the last was read */
  char *s ;  /* the last answer's body */
  size_t len ;
  size_t room ;
  int fds[RAW_FDS_MAX] ;  /* what came with it: the caller's */
  unsigned int nfds ;
} ;

 /* A connection, made as that uid and gid (root only; (uid_t)-1: as we are). Bails out. */
extern int raw_socket (char const *path, uid_t) ;

 /* The same, through the native handshake where the dialect has one. 1, or 0: closed meanwhile. */
extern int raw_connect (struct rawclient *, char const *path, uid_t, enum frame_dialect) ;
extern int raw_connect_on (struct rawclient *, int fd, enum frame_dialect) ;  /* on a connection that has said nothing yet */
extern void raw_close (struct rawclient *) ;

 /* The same, byte by byte in both directions, from the first one. */
extern int raw_connect_dripping (struct rawclient *, char const *path, enum frame_dialect) ;

 /* One sendmsg(2); descriptors go with the first byte. */
extern ssize_t raw_send (int fd, char const *, size_t, int const *, unsigned int) ;

 /* Puts the header before the body: to must have room for 6 bytes more. Returns the length. */
extern size_t raw_frame (enum frame_dialect, char *to, char const *body, size_t, unsigned int claimed) ;

 /* Waits until the other side has read all that was sent. */
extern void raw_wait_until_read (int fd) ;

 /* A whole frame in one piece. */
extern int raw_put (struct rawclient const *, char const *body, size_t, int const *, unsigned int) ;

 /* Receives one frame, which may be empty: 0, RAW_CLOSED, or RAW_MALFORMED. The descriptors of the one before are the caller's. */
extern int raw_receive (struct rawclient *) ;
extern int raw_isclosed (struct rawclient *) ;  /* does end of file come next? */
extern int raw_isended (int fd, double until) ;  /* does end of file, or an error, come by then, by test_seconds()? */
extern int raw_islistened (char const *path) ;  /* does somebody listen there? */
extern void raw_drop_fds (struct rawclient *) ;

 /* Receives one answer, and returns its errno. */
extern int raw_answer (struct rawclient *) ;
extern int raw_command (struct rawclient *, char const *body, size_t, int const *, unsigned int) ;

 /* One request and its errno. A limit of 0 is never. */
extern int raw_store (struct rawclient *, char const *id, tain const *limit, int fd) ;
extern int raw_replace (struct rawclient *, char const *id, tain const *limit, int fd) ;
extern int raw_watch (struct rawclient *, char const *glob) ;  /* 0: everything */
extern int raw_delete (struct rawclient *, char const *id) ;
extern int raw_retrieve (struct rawclient *, unsigned int flags, char const *id, int *fd) ;
extern int raw_acknowledge (struct rawclient *) ;
extern int raw_putback (struct rawclient *) ;
extern int raw_list (struct rawclient *) ;
extern int raw_setdump (struct rawclient *, uint32_t total) ;
extern int raw_setdump_flags (struct rawclient *, uint32_t total, uint8_t flags) ;

 /* One frame of a dump, of n entries "id", "id"... that never expire. */
extern int raw_dumpframe (struct rawclient *, char const *const *ids, int const *, unsigned int n) ;

 /* The next n events on the pipe, in words: "s:ID r:ID l", in their order; "closed" where the
    pipe ends, and the rest is missing if none comes within 30 seconds. Valid until the next call. */
extern char const *raw_events (struct rawclient *, unsigned int n) ;
extern int raw_isquiet (struct rawclient *) ;  /* is nothing on the pipe now? */

 /* Whether the last list holds that id, and how many ids it holds: -1 if it is no list. */
extern int raw_listed (struct rawclient const *, char const *id) ;
extern long raw_list_count (struct rawclient const *) ;

 /* Bails out where the connection or the answer is not what it must be: for what a test needs before it tests. */
extern void raw_must_connect (struct rawclient *, char const *path, enum frame_dialect) ;
extern void raw_must_watch (struct rawclient *, char const *path, char const *glob) ;  /* connects, too */
extern void raw_must_store (struct rawclient *, char const *id, int fd) ;

extern int raw_holds (struct rawclient *, char const *id) ;  /* lists, and looks for it */

 /* Stores, retrieves that very file, deletes. 0, or what was answered instead. */
extern int raw_round (struct rawclient *, char const *id, int file) ;

 /* Seconds that the id has left, by a dump of which it is the only entry, where the daemon's
    wall clock is ahead by so many. -1: there is no such dump. */
extern double raw_left (struct rawclient *, char const *id, int64_t ahead) ;

 /* The wall clock, so many milliseconds later or earlier. */
extern void raw_limit (tain *, long milliseconds) ;
extern void raw_never (tain *) ;

#endif
