/* ISC license. */

#include <sys/types.h>

#include <skalibs/types.h>

#include "libsockets/unixsocket.h"

 /* The greatest numbers are, to chown(2): leave it as it is. */

int unixbinding_scan_owner (struct unixbinding *binding, char const *s)
{
  size_t len = uid_scan(s, &binding->uid) ;
  if (!len || s[len] != ':' || !gid0_scan(s + len + 1, &binding->gid)) return 0 ;
  if (binding->uid == (uid_t)-1 || binding->gid == (gid_t)-1) return 0 ;
  binding->flags |= UNIXBINDING_OWNER ;
  return 1 ;
}

int unixbinding_scan_permissions (struct unixbinding *binding, char const *s)
{
  unsigned int permissions ;
  if (!uint0_oscan(s, &permissions) || permissions > 07777) return 0 ;
  binding->permissions = permissions & 0777 ;
  return 1 ;
}
