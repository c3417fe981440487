/* ISC license. */

#include <stdio.h>
#include <unistd.h>

#include "users.h"

enum { HIGHEST = 65534 } ;  /* that a test becomes */

int users_several (void)
{
  unsigned long inside, outside, count ;
  int found = 0 ;
  FILE *f ;
  if (getuid()) return 0 ;
  f = fopen("/proc/self/uid_map", "r") ;
  if (!f) return 1 ;  /* a kernel without such namespaces */
  while (fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3)
    if (inside <= HIGHEST && HIGHEST - inside < count) found = 1 ;
  fclose(f) ;
  return found ;
}
