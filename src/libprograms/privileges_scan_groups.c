/* ISC license. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/types.h>

#include "privileges.h"

int privileges_scan_groups (struct privileges *privileges, char const *s)
{
  size_t max = 1 ;
  size_t n = 0 ;
  gid_t *groups ;
  for (char const *t = s ; *t ; t++) if (*t == ',') max++ ;
  groups = malloc(max * sizeof(gid_t)) ;
  if (!groups) return 0 ;
  if (*s && s[gid_scanlist(groups, max, s, &n)])
  {
    free(groups) ;
    return (errno = EINVAL, 0) ;
  }
  free(privileges->groups) ;
  privileges->groups = groups ;
  privileges->groupcount = n ;
  privileges->flags |= PRIVILEGES_GROUPS ;
  return 1 ;
}
