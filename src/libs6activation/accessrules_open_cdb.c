/* ISC license. */

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

int accessrules_open_cdb (accessrules *rules, char const *file)
{
  return ruleset_open(rules, file, RULESET_CDB) ;
}
