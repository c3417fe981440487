/* ISC license. */

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

int accessrules_reload (accessrules *rules)
{
  return !rules->map || ruleset_cdb_load(rules, rules->path, rules->fd >= 0) ;
}
