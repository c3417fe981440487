/* ISC license. */

#include <errno.h>
#include <grp.h>
#include <sys/types.h>

#include "privileges.h"

int privileges_find_group (struct privileges *privileges, char const *name)
{
  struct group const *entry ;
  errno = 0 ;
  entry = getgrnam(name) ;
  if (!entry) return errno && errno != ENOENT && errno != ESRCH ? -1 : 0 ;
  privileges->gid = entry->gr_gid ;
  privileges->flags |= PRIVILEGES_GID ;
  return 1 ;
}
