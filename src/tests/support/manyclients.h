/* ISC license. */

/* Several clients, each a process with ids of its own: they change what is held
   all the time, and know what they have been told. Whose connection breaks asks
   again, and what was not answered may be done or not. */

#ifndef S6ACTIVATION_TESTS_MANYCLIENTS_H
#define S6ACTIVATION_TESTS_MANYCLIENTS_H

#include <stdint.h>
#include <sys/types.h>

enum { MANYCLIENTS_MAX = 8 } ;

 /* In memory that all share. */
struct manyclients
{
  volatile int isover ;
  volatile uint64_t operations[MANYCLIENTS_MAX] ;  /* answered */
  volatile uint64_t broken[MANYCLIENTS_MAX] ;  /* connections */
  volatile uint64_t wrong[MANYCLIENTS_MAX] ;  /* what was found is not what was told */
  volatile long worst[MANYCLIENTS_MAX] ;  /* milliseconds that one answer took, with all that was asked again */
  pid_t pids[MANYCLIENTS_MAX] ;
} ;

extern struct manyclients *manyclients_begin (char const *path) ;
extern void manyclients_end (struct manyclients *) ;  /* they look at all once more, and end */
extern uint64_t manyclients_sum (volatile uint64_t const *) ;

#endif
