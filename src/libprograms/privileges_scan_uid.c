/* ISC license. */

#include <errno.h>

#include <skalibs/types.h>

#include "privileges.h"

int privileges_scan_uid (struct privileges *privileges, char const *s)
{
  if (!uid0_scan(s, &privileges->uid)) return (errno = EINVAL, 0) ;
  privileges->flags |= PRIVILEGES_UID ;
  return 1 ;
}
