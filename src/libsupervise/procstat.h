/* ISC license. */

#ifndef S6ACTIVATION_PROCSTAT_H
#define S6ACTIVATION_PROCSTAT_H

 /* Which process has a number: two of the same number were started at different times. */

#include <skalibs/types.h>

#define PROCSTAT_ME "/proc/self/stat"

 /* As words; start: in ticks since boot. */
struct procstat
{
  char pid[UINT64_FMT] ;
  char start[UINT64_FMT] ;
} ;

 /* path: of /proc/PID/stat. Allocates nothing. 0: it is dead, or nobody knows. */
extern int procstat_read (struct procstat *, char const *path) ;
extern int procstat_readpid (struct procstat *, unsigned long pid) ;

 /* The digits at the beginning of s, fewer than UINT64_FMT. 0: there are none. */
extern int procstat_copyword (char *to, char const *s) ;

#endif
