/* ISC license. */

/* One connection of a daemon within the process, over a socketpair, with a
   clock that the test owns. Rights are those of ids that begin with x. */

#ifndef S6ACTIVATION_TESTS_LONEPEER_H
#define S6ACTIVATION_TESTS_LONEPEER_H

#include <stddef.h>

#include <skalibs/tai.h>

#include "libfdholderd/peer.h"
#include "libfdholderd/verbs.h"

enum { LONEPEER_TIMEOUT = 10 } ;  /* seconds: -t */

extern struct holder lonepeer_holder ;
extern struct loop lonepeer_loop ;  /* nothing but what has lost events waits in it */
extern struct peer *peer ;
extern int client ;  /* our end */

extern void lonepeer_start (char const *name) ;
extern int lonepeer_finish (void) ;  /* one point, and tap_done() */

extern tain lonepeer_at (unsigned int seconds) ;  /* so long after the start */

extern void lonepeer_begin (void) ;
extern void lonepeer_handshake (int isnative) ;  /* begins, and speaks so far that a request can follow */
extern void lonepeer_end (void) ;

 /* Sent, and read by the peer. fd -1: none. */
extern void lonepeer_send (char const *, size_t, int fd) ;
extern void lonepeer_request (char const *body, size_t, int fd) ;
extern void lonepeer_put (char const *id) ;  /* stores something */

 /* One point: the next answer is a header, that, and nothing else. Returns whether it holds. */
extern int lonepeer_answer (char const *, size_t, char const *name) ;
extern int lonepeer_error (int, char const *name) ;

#endif
