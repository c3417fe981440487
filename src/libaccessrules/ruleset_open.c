/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

int ruleset_open (accessrules *rules, char const *path, enum ruleset_kind kind)
{
  accessrules opened = ACCESSRULES_ZERO ;
  opened.path = strdup(path) ;
  if (!opened.path) return 0 ;
  if (kind != RULESET_DIR && !ruleset_cdb_load(&opened, path, kind == RULESET_CDB_LAZY))
  {
    int e = errno ;
    free(opened.path) ;
    errno = e ;
    return 0 ;
  }
  ruleset_overflow(&opened) ;
  *rules = opened ;
  return 1 ;
}
