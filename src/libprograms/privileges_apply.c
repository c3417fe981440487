/* ISC license. */

#include <unistd.h>

#include <skalibs/setgroups.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "privileges.h"

void privileges_apply (struct privileges const *privileges)
{
  unsigned int flags = privileges->flags ;
  if (flags & PRIVILEGES_GROUPS)
  {
    gid_t gid = flags & PRIVILEGES_GID ? privileges->gid : getegid() ;
    if (setgroups_and_gid(gid, privileges->groupcount, privileges->groups) == -1)
      strerr_diefusys(EXITCODE_SYSTEM, "set supplementary groups") ;
  }
  if (flags & PRIVILEGES_GID && setgid(privileges->gid) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "setgid") ;
  if (flags & PRIVILEGES_UID && setuid(privileges->uid) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "setuid") ;
}
