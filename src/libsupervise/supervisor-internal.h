/* ISC license. */

#ifndef S6ACTIVATION_SUPERVISOR_INTERNAL_H
#define S6ACTIVATION_SUPERVISOR_INTERNAL_H

#include "libsupervise/supervisor.h"

enum trouble
{
  TROUBLE_STATUS,
  TROUBLE_TALLY,
  TROUBLE_EVENT,
  TROUBLE_DOWN,
  TROUBLE_CHILD,
  TROUBLE_LOOP
} ;

 /* Told once for each kind, until it has gone. Keep errno. */
extern void supervisor_complain (struct supervisor *, enum trouble, char const *what) ;
#define supervisor_isfine(s, trouble) ((s)->complained &= ~(1u << (trouble)))

 /* Gives the machine an input, and performs its effects. */
extern void supervisor_feed (struct supervisor *, enum machine_event, int value) ;

 /* Effects. Those that start a process return the event that answers them, and its value. */
extern void supervisor_save_status (struct supervisor *) ;
extern void supervisor_save_death (struct supervisor *, int wstat) ;
extern void supervisor_tell (struct supervisor *, char const *letters) ;
extern void supervisor_signal (struct supervisor *, int sig, int isgroup) ;
extern void supervisor_let_go (void) ;
extern void supervisor_retry (struct supervisor *) ;  /* what could not be done */
extern enum machine_event supervisor_start_run (struct supervisor *, int *value) ;
extern enum machine_event supervisor_start_finish (struct supervisor *, int how, int *value) ;
extern void supervisor_unhear (struct supervisor *) ;  /* forgets run's pipe */

 /* The loop, and all that is watched. 0 and errno. */
extern int supervisor_begin (struct supervisor *) ;

 /* Watches a process that is not our child; -1: by its number. fd is consumed. 0 and errno. */
extern int supervisor_adopt (struct supervisor *, int fd) ;

#endif
