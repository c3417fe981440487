/* ISC license. */

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

accessrules_result accessrules_read_env (accessrules const *rules, accessrules_params *params)
{
  return ruleset_read_parts(rules, params, ACCESSRULES_READ_ENV) ;
}
