/* ISC license. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "privileges.h"

static void read_variable (struct privileges *privileges, char const *name, int (*scan) (struct privileges *, char const *))
{
  char const *value = getenv(name) ;
  if (!value) strerr_dief(EXITCODE_USAGE, name, " not set: run ", PROG, " under s6-envuidgid") ;
  if ((*scan)(privileges, value)) return ;
  if (errno != EINVAL) strerr_diefusys(EXITCODE_SYSTEM, "read $", name) ;
  strerr_dieinvalid(EXITCODE_USAGE, name) ;
}

void privileges_from_environment (struct privileges *privileges)
{
  read_variable(privileges, "UID", &privileges_scan_uid) ;
  read_variable(privileges, "GID", &privileges_scan_gid) ;
  read_variable(privileges, "GIDLIST", &privileges_scan_groups) ;
}
