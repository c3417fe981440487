/* ISC license. */

#include <errno.h>

#include <skalibs/types.h>

#include "privileges.h"

int privileges_scan_gid (struct privileges *privileges, char const *s)
{
  if (!gid0_scan(s, &privileges->gid)) return (errno = EINVAL, 0) ;
  privileges->flags |= PRIVILEGES_GID ;
  return 1 ;
}
