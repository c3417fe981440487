/* ISC license. */

#ifndef S6ACTIVATION_UPGRADE_INTERNAL_H
#define S6ACTIVATION_UPGRADE_INTERNAL_H

#include <sys/types.h>

#include "libfdholderd/upgrade.h"

 /* The process that tries. It answers in that descriptor. 0 and errno. */
extern pid_t upgrade_begin_trial (struct upgrade *, int statefd, int answerfd) ;
extern void upgrade_end_of_trial (struct upgrade *) ;  /* it has been reaped */

 /* Does not return; or 1: it has failed, and all is as before. 0: there are
    signals to be obeyed first. */
extern int upgrade_attempt (struct upgrade *, tain const *now) ;

extern void upgrade_lend_reserve (struct upgrade *, unsigned int) ;  /* so many low numbers are free */

#endif
