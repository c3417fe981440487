/* ISC license. */

#include <time.h>

#include "inetaddress.h"

int64_t timedwork_now (void)
{
  struct timespec now ;
  clock_gettime(CLOCK_MONOTONIC, &now) ;
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 ;
}
