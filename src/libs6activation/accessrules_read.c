/* ISC license. */

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

accessrules_result accessrules_read (accessrules const *rules, accessrules_params *params)
{
  return ruleset_read_parts(rules, params, ACCESSRULES_READ_ENV | ACCESSRULES_READ_EXEC) ;
}
