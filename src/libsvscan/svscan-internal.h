/* ISC license. */

#ifndef S6ACTIVATION_SVSCAN_INTERNAL_H
#define S6ACTIVATION_SVSCAN_INTERNAL_H

#include <sys/types.h>

#include <skalibs/tai.h>

#include "libsvscan/svscan.h"

 /* For the loop. */
extern void svscan_oncontrol (void *, unsigned int events, tain const *now) ;
extern void svscan_onsignal (void *, int sig, pid_t) ;

 /* Ends those that were to end after the scan that has been. */
extern void svscan_prune (struct svscan *) ;

 /* Has stdout and stderr no longer from the catch-all logger, once it can be done. */
extern void svscan_leavecatchall (struct svscan *) ;

#endif
