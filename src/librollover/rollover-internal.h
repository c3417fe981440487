/* ISC license. */

#ifndef S6ACTIVATION_ROLLOVER_INTERNAL_H
#define S6ACTIVATION_ROLLOVER_INTERNAL_H

#include "libdaemon/children.h"
#include "libdaemon/loop.h"
#include "librollover/rollover.h"

struct rollover_child
{
  struct child child ;
  struct rollover *rollover ;
  struct loop_watch pipe ;  /* not started: nothing is to be heard */
  struct loop_timer timer ;  /* until it must be ready; until it is killed, once it was told to end */
  int ismute ;  /* it has closed its end, and will never say that it is ready */
  int isdead ;
  int isretired ;  /* told to end */
} ;

 /* Another process of prog, which nobody knows yet. As rollover_start. */
extern pid_t rollover_child_start (struct rollover *, struct rollover_child **) ;

 /* Has it said that it is ready? Who never will is late soon. */
extern int rollover_child_isready (struct rollover_child *) ;

 /* Its readiness is of no interest any more. */
extern void rollover_child_ignore (struct rollover_child *) ;

 /* Tells it to end, and sees to it that it does. */
extern void rollover_child_retire (struct rollover_child *) ;

extern void rollover_child_free (struct rollover_child *) ;

#endif
