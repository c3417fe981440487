/* ISC license. */

#include <errno.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

accessrules_result ruleset_read_parts (accessrules const *rules, accessrules_params *params, unsigned int parts)
{
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  params->env.len = 0 ;
  params->exec.len = 0 ;
  if (!params->key[0]) return result ;
  if (!rules->path) return (errno = EBADF, ACCESSRULES_ERROR) ;
  if (rules->map) result = ruleset_cdb_read(rules, params, parts) ;
  else
  {
    result = ruleset_dir_judge(rules, params->key) ;
    if (result == ACCESSRULES_ALLOW && !ruleset_dir_read(rules, params, parts))
      result = ACCESSRULES_ERROR ;
  }
  if (result != ACCESSRULES_ALLOW)
  {
    params->env.len = 0 ;
    params->exec.len = 0 ;
  }
  return result ;
}
