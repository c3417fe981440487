/* ISC license. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tap.h"
#include "testdaemon.h"
#include "timing.h"

enum { NAME_ROOM = 256 } ;

 /* Whole milliseconds: one that has begun counts */

static long whole (double seconds)
{
  long n = (long)(seconds * 1000) ;
  return n + (n < seconds * 1000) ;
}

int timing_most (double seconds, long milliseconds, char const *name, ...)
{
  char named[NAME_ROOM] ;
  va_list arguments ;
  va_start(arguments, name) ;
  vsnprintf(named, sizeof(named), name, arguments) ;
  va_end(arguments) ;
  if (testdaemon_isslow()) return tap_ok(1, "%s # SKIP times prove nothing here", named) ;
  return tap_most(whole(seconds), milliseconds * (long)test_patience(), "%s, in milliseconds", named) ;
}

int timing_least (double seconds, long milliseconds, char const *name, ...)
{
  char named[NAME_ROOM] ;
  va_list arguments ;
  va_start(arguments, name) ;
  vsnprintf(named, sizeof(named), name, arguments) ;
  va_end(arguments) ;
  return tap_least((long)(seconds * 1000), milliseconds, "%s, in milliseconds", named) ;
}

static int compare (void const *a, void const *b)
{
  double x = *(double const *)a, y = *(double const *)b ;
  return x < y ? -1 : x > y ;
}

double timing_percentile (double *took, size_t n, unsigned int percent)
{
  size_t i = n * percent / 100 ;
  if (!n) return 0 ;
  qsort(took, n, sizeof(double), &compare) ;
  return took[i < n ? i : n - 1] ;
}
