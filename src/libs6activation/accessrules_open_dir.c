/* ISC license. */

#include <errno.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

int accessrules_open_dir (accessrules *rules, char const *dir)
{
  if (!*dir) return (errno = ENOENT, 0) ;
  if (strlen(dir) > ACCESSRULES_PATH_MAX) return (errno = ENAMETOOLONG, 0) ;
  return ruleset_open(rules, dir, RULESET_DIR) ;
}
