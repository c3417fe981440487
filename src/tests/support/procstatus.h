/* ISC license. */

#ifndef S6ACTIVATION_TESTS_PROCSTATUS_H
#define S6ACTIVATION_TESTS_PROCSTATUS_H

#include <sys/types.h>

 /* A number of /proc/PID/status, by its name: "VmRSS". -1: unknown. */
extern long procstatus (pid_t, char const *name) ;

 /* One of /proc/PID/smaps_rollup: "Private_Dirty", kB. */
extern long procstatus_memory (pid_t, char const *name) ;

#endif
