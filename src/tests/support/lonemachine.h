/* ISC license. */

/* A machine in a world without processes: what it starts is answered at once, time passes
   when it is told to, and what it does is written down in words. */

#ifndef S6ACTIVATION_TESTS_LONEMACHINE_H
#define S6ACTIVATION_TESTS_LONEMACHINE_H

#include <skalibs/tai.h>

#include "libsupervise/machine.h"
#include "machinewords.h"

struct lonemachine
{
  struct machine m ;
  struct machine_files files ;
  tain now ;
  tain label ;
  pid_t pid ;  /* the last one that was given */
  int canrun ;
  int hasfinish ;
  unsigned int starts ;  /* tried */
  struct machinewords words ;
} ;

 /* Run can be started, there is no finish, down-signal and reload-signal are those of
    machinewords.h, no file says any time. It is wanted, or not, and not yet due to start. */
extern void lonemachine_begin (struct lonemachine *, int iswanted) ;

 /* An input, and what follows from it at once. */
extern void lonemachine_feed (struct lonemachine *, enum machine_event, int value) ;
extern void lonemachine_letters (struct lonemachine *, char const *) ;
#define lonemachine_signal(l, sig) lonemachine_feed((l), MACHINE_SIGNAL, (sig))
#define lonemachine_die(l, wstat) lonemachine_feed((l), MACHINE_DIED, (wstat))

 /* So many milliseconds, in which what becomes due is done. */
extern void lonemachine_pass (struct lonemachine *, unsigned int milliseconds) ;

 /* Until it has tried to start once more: how many milliseconds, or -1: more than max. */
extern int lonemachine_until_start (struct lonemachine *, int max) ;

 /* What it has done since it was last asked. Valid until it does more. */
extern char const *lonemachine_said (struct lonemachine *) ;

#endif
