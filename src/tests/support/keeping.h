/* ISC license. */

/* Either end of the channel between a worker and its keeper, by hand; and those
   processes. */

#ifndef S6ACTIVATION_TESTS_KEEPING_H
#define S6ACTIVATION_TESTS_KEEPING_H

#include <stddef.h>
#include <sys/types.h>

#include "libfdwire/frame.h"
#include "libfdwire/wire-keep.h"
#include "rawclient.h"

struct keeping
{
  int fd ;  /* our end */
  struct frame_in in ;
  char buffer[FRAME_IN_BUFFER] ;
  struct wire_keep last ;  /* what came last; its id is in text */
  int file ;  /* what came with it; -1: nothing. Closed by the next one */
  char text[WIRE_ID_MAX + 8] ;
} ;

extern void keeping_begin (struct keeping *, int fd) ;  /* fd is its own from now on */
extern void keeping_end (struct keeping *) ;

 /* The next message, in words: "S:ID", "D:ID", "N", and a + behind one that is not
    the last of its batch; "end" where the channel has ended, "rubbish" for what is
    no message, "nothing" where none comes within so many milliseconds. Valid until the next call. */
extern char const *keeping_next (struct keeping *, unsigned int milliseconds) ;

 /* The next n of them, with a space between. */
extern char const *keeping_some (struct keeping *, unsigned int n) ;

 /* K, with one descriptor: returns what is answered. gifts: what came; -1: nothing. */
extern int keeping_ask (struct rawclient *, int channel, int gifts[2]) ;

 /* One message to a keeper. A limit of 0 is never, else so many milliseconds from now. fd: -1: none. 0: it could not be sent whole. */
extern int keeping_tell (int channel, char kind, int islast, char const *id, long limit, int fd) ;

 /* s6-fdholder-daemon -k at "s", as a supervisor would start it, when it is ready. Dies with the test; its worker does not. */
extern pid_t keeping_start (void) ;
extern pid_t keeping_try_start (char const *verbosity) ;  /* 0: it has ended, and was never ready */
extern pid_t keeping_start_with (char const *maxfds) ;  /* the same, from now on, with -v 2, -t 0 and that -n */

 /* The worker that lives in the working directory: its process. 0: none does. */
extern pid_t keeping_worker (void) ;
extern pid_t keeping_await_worker (pid_t other) ;  /* one that is not this one. 0: none comes within 10 seconds */
extern void keeping_kill_worker (void) ;  /* SIGKILL, and waits for its end; if there is one */

#endif
