/* ISC license. */

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

accessrules_result accessrules_ip46 (accessrules const *rules, char const *ip, int is6, accessrules_params *params)
{
  return ruleset_ip(rules, ip, is6, params) ;
}
