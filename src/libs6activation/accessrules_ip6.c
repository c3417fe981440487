/* ISC license. */

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

accessrules_result accessrules_ip6 (accessrules const *rules, char const *ip, accessrules_params *params)
{
  return ruleset_ip(rules, ip, 1, params) ;
}
