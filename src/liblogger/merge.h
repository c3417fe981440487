/* ISC license. */

#ifndef S6ACTIVATION_MERGE_H
#define S6ACTIVATION_MERGE_H

 /* Several sequences become one: the order of each stays as it is, whatever its times say,
    and of their first ones the earliest comes first. */

#include <time.h>

struct merge_head
{
  struct timespec when ;
  unsigned int isthere ;
} ;

extern int merge_isearlier (struct timespec const *, struct timespec const *) ;

 /* Which one comes next; of equals the first. n: none is there. */
extern unsigned int merge_next (struct merge_head const *, unsigned int n) ;

#endif
