/* ISC license. */

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

int accessrules_reload (accessrules *rules)
{
  return !rules->map || ruleset_cdb_load(rules, rules->path, rules->fd >= 0) ;
}
