/* ISC license. */

#ifndef S6ACTIVATION_SUPERVISOR_H
#define S6ACTIVATION_SUPERVISOR_H

 /* The engine of s6-supervise: one service, in the current directory. */

#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libsupervise/child.h"
#include "libsupervise/machine.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/tally.h"

 /* Files whose last words are kept. */
enum supervisor_file
{
  FILE_DOWNSIGNAL,
  FILE_RELOADSIGNAL,
  FILE_TIMEOUTKILL,
  FILE_TIMEOUTFINISH,
  FILE_MAXDELAY,
  FILE_KILLGROUP,
  FILE_NOTIFICATION,
  FILE_LOCK,
  FILE_NEWPIDNS,
  FILE_LEFTOVERS,
  FILE_MAXTALLY,
  FILE_CGROUP,
  FILES
} ;

enum supervisor_numbers
{
  SUPERVISOR_UNTOLD = 64,  /* letters */
  SUPERVISOR_UNSAVED = 64  /* deaths */
} ;

struct supervisor
{
  char const *name ;  /* as run and finish are told */
  char const *const *envp ;
  struct log *log ;
  struct machine machine ;
  struct child_file child ;
  struct loop loop ;
  struct loop_watch signals ;
  struct loop_watch control ;
  struct loop_watch notification ;  /* run's; its descriptor is ours */
  struct loop_watch adopted ;  /* a process that is not our child, by descriptor, which is ours */
  struct loop_timer due ;  /* the machine's */
  tain nexttold ;  /* the next start that supervise/next-start tells of; infinite: it is not there */
  tain ending ;  /* when run is to be killed, as supervise/child has it; infinite: it says nothing of that */
  struct loop_timer later ;  /* to do what could not be done */
  struct loop_timer look ;  /* after an adopted process that has no descriptor */
  unsigned int complained ;  /* of what: a bit each, until it succeeds */
  uint16_t patience ;  /* seconds until later */
  int lock ;  /* as long as it is open no other supervisor starts */
  int controlfd ;
  int hasdied ;  /* what is in the machine, before there was a supervisor */
  pid_t orphan ;  /* adopted, with a descriptor or without; 0: our own child, or none */
  uint8_t isstatusunsaved ;
  uint8_t ischildunsaved ;
  uint8_t isleaving ;  /* supervise/child says so, if anybody lives */
  uint8_t isunclean ;  /* the cgroup may have what run has left */
  uint8_t isunreaped ;  /* somebody has died, and it could not be known who */
  char untold[SUPERVISOR_UNTOLD] ;  /* letters, in order */
  unsigned int untoldlen ;
  struct tally_death unsaved[SUPERVISOR_UNSAVED] ;
  unsigned int unsavedlen ;
  unsigned int last[FILES] ;  /* what they said */
  unsigned int known ;  /* a bit for each that has been read */
  char cgroup[SERVICEPATH_MAX] ;  /* its path, if FILE_CGROUP says that there is one; last of all: pages that are not used cost nothing */
} ;

 /* Makes what is missing, takes the lock. 0 and errno: EBUSY somebody supervises it;
    what: what could not be done. */
extern int supervisor_prepare (struct supervisor *, char const *name, char const *const *envp, struct log *, char const **what) ;

 /* Until it is told to leave. 0 and errno: it could not begin. */
extern int supervisor_run (struct supervisor *) ;

#endif
