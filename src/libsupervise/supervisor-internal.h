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
  TROUBLE_NEXT,
  TROUBLE_CGROUP,
  TROUBLE_FILES,
  TROUBLE_DEATHS,
  TROUBLE_LOOP
} ;

 /* Told once for each kind, until it has gone. Keep errno. */
extern void supervisor_complain (struct supervisor *, enum trouble, char const *what) ;
#define supervisor_isfine(s, trouble) ((s)->complained &= ~(1u << (trouble)))

 /* What counts of a file that was read: r is what servicefiles.h says of it. */
extern unsigned int supervisor_recall (struct supervisor *, enum supervisor_file, int r, unsigned int value) ;

 /* Gives the machine an input, and performs its effects. */
extern void supervisor_feed (struct supervisor *, enum machine_event, int value) ;

 /* Effects. Those that start a process return the event that answers them, and its value. */
extern void supervisor_save_status (struct supervisor *) ;
extern void supervisor_save_death (struct supervisor *, int wstat) ;
extern void supervisor_save_ending (struct supervisor *) ;  /* that run is to be killed, or we are to leave, for the next supervisor */
extern void supervisor_tell (struct supervisor *, char const *letters) ;
extern void supervisor_signal (struct supervisor *, int sig, int isgroup) ;
extern void supervisor_let_go (void) ;
extern void supervisor_clean (struct supervisor *) ;  /* kills what is left in the service's cgroup */
extern void supervisor_tell_next (struct supervisor *) ;  /* when it starts again, if that is not soon */
extern void supervisor_put_off (struct supervisor *) ;  /* what could not be done: it is done later */
extern void supervisor_retry (struct supervisor *) ;
extern enum machine_event supervisor_start_run (struct supervisor *, int *value) ;
extern enum machine_event supervisor_start_finish (struct supervisor *, int how, int *value) ;
extern void supervisor_unhear (struct supervisor *) ;  /* forgets run's pipe */

 /* The cgroup that run is to begin in: its cgroup.procs, close-on-exec, made if need be. -1
    in fd: none is wanted. 0 and errno: it cannot be had; EBUSY: it is frozen. */
extern int supervisor_open_cgroup (struct supervisor *, int *fd) ;

 /* Kills those that run has left in its group; before it is taken notice of, when no
    other group can have its number. */
extern void supervisor_kill_leftovers (struct supervisor *) ;

 /* The loop, and all that is watched. 0 and errno. */
extern int supervisor_begin (struct supervisor *) ;

 /* Watches a process that is not our child; -1: by its number. fd is consumed. 0 and errno. */
extern int supervisor_adopt (struct supervisor *, int fd) ;

#endif
