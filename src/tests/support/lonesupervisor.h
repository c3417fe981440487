/* ISC license. */

/* A service in a directory of its own, under an s6-supervise whose system calls can be
   made to fail. Its run and its finish write down that they were there; nothing of it
   is left by lonesupervisor_end, whatever has happened. */

#ifndef S6ACTIVATION_TESTS_LONESUPERVISOR_H
#define S6ACTIVATION_TESTS_LONESUPERVISOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "breaker.h"

enum { LONESUPERVISOR_LIVES = 64, LONESUPERVISOR_PATH = 64, LONESUPERVISOR_HEARD = 256 } ;

struct lonesupervisor
{
  char dir[LONESUPERVISOR_PATH] ;
  struct breaker *breaker ;  /* of the one that was started last */
  pid_t pid ;  /* it; 0: it has ended */
  int code ;  /* how, as wait(2) tells it */
  int go ;  /* run is ready when it reads a line of it */
  int events ;  /* what is told */
  char heard[LONESUPERVISOR_HEARD] ;
  size_t heardlen ;
} ;

 /* Makes the directory. isheld: run waits for lonesupervisor_go. */
extern void lonesupervisor_make (struct lonesupervisor *, char const *dir, int isheld) ;
extern void lonesupervisor_go (struct lonesupervisor *) ;

extern void lonesupervisor_start (struct lonesupervisor *, unsigned int at, int number, unsigned int ms) ;  /* at 0: no fault */
extern int lonesupervisor_runs (struct lonesupervisor *) ;
extern void lonesupervisor_order (struct lonesupervisor const *, char const *letters) ;

struct lonesupervisor_state
{
  pid_t pid ;  /* of the status */
  unsigned int flags ;
  unsigned int begun ;  /* times that run was started */
  unsigned int copies ;  /* of it that live */
  pid_t last ;  /* who was started last */
  unsigned int finished ;  /* times that finish was */
  int deaths ;  /* in the tally */
} ;

extern void lonesupervisor_look (struct lonesupervisor *, struct lonesupervisor_state *) ;
extern int lonesupervisor_hears (struct lonesupervisor *, char const *letters) ;  /* whether they were told since, anywhere */
extern void lonesupervisor_end (struct lonesupervisor *) ;

#endif
