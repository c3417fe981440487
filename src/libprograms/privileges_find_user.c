/* ISC license. */

#include <errno.h>
#include <pwd.h>
#include <sys/types.h>

#include "privileges.h"

int privileges_find_user (struct privileges *privileges, char const *name)
{
  struct passwd const *entry ;
  errno = 0 ;
  entry = getpwnam(name) ;
  if (!entry) return errno && errno != ENOENT && errno != ESRCH ? -1 : 0 ;
  privileges->uid = entry->pw_uid ;
  privileges->flags |= PRIVILEGES_UID ;
  return 1 ;
}
