/* ISC license. */

#include "liblogger/merge.h"

int merge_isearlier (struct timespec const *a, struct timespec const *b)
{
  return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec) ;
}

unsigned int merge_next (struct merge_head const *x, unsigned int n)
{
  unsigned int best = n ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (x[i].isthere && (best == n || merge_isearlier(&x[i].when, &x[best].when))) best = i ;
  return best ;
}
