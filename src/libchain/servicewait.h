/* ISC license. */

#ifndef S6ACTIVATION_SERVICEWAIT_H
#define S6ACTIVATION_SERVICEWAIT_H

 /* The programs that wait for services: their options, what they say, what they exit
    with. PROG must be set; what fails ends the process. */

#include <sys/types.h>
#include <sys/resource.h>

#include <skalibs/tai.h>

#include "libsupervise/svwatch.h"

struct servicewait
{
  enum wait_want want ;
  int isany ;
  int ispatient ;
  unsigned int timeout ;
  tain deadline ;
  struct rlimit files ;
  struct svwatch watch ;
} ;
#define SERVICEWAIT_ZERO { .want = WAIT_UP }

#define SERVICEWAIT_OPTIONS "uUdDrRt:"

 /* 0: it is none of these, or is wrong. */
extern int servicewait_option (struct servicewait *, int opt, char const *arg) ;

extern void servicewait_begin (struct servicewait *, char const *const *dirs, unsigned int n) ;

 /* Starts what changes the services; it is not waited for. */
extern pid_t servicewait_spawn (struct servicewait *, char const *const *prog) ;

 /* What to exit with. pid: of who was started; 0: nobody was. */
extern int servicewait_end (struct servicewait *, pid_t pid) ;

#endif
