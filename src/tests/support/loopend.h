/* ISC license. */

/* Pairs of sockets whose one end a loop watches, and what holds for them however they are
   watched: for tests of libdaemon/loop.h. */

#ifndef S6ACTIVATION_TESTS_LOOPEND_H
#define S6ACTIVATION_TESTS_LOOPEND_H

#include <skalibs/tai.h>

#include "libdaemon/loop.h"

struct loopend
{
  struct loop_watch watch ;
  struct loop_watch *victim ;  /* stopped when this one is called */
  unsigned int calls ;
  unsigned int events ;  /* of the last call */
  int fd[2] ;
} ;

extern struct loop loopend_loop ;
extern int (*loopend_start) (struct loop *, struct loop_watch *, int, unsigned int) ;  /* how they are watched: a loop_watch_start* */

extern void loopend_open (struct loopend *) ;
extern void loopend_begin (struct loopend *, unsigned int wanted) ;  /* the same, and watched */
extern void loopend_say (struct loopend const *) ;  /* makes it ready */
extern void loopend_turn (void) ;  /* one that ends at once if nothing is ready */
extern void loopend_finish (struct loopend *) ;

 /* Points: who is ready is called; who was stopped is not; a number that is used again is
    another one; a file is always ready. */
extern void loopend_test_ready (void) ;
extern void loopend_test_stopped (void) ;
extern void loopend_test_number (void) ;
extern void loopend_test_always (void) ;

#endif
