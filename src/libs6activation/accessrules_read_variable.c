/* ISC license. */

#include <errno.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

accessrules_result accessrules_read_variable (accessrules const *rules, accessrules_params *params, char const *name)
{
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  params->env.len = 0 ;
  params->exec.len = 0 ;
  if (!params->key[0]) return result ;
  if (!rules->path) return (errno = EBADF, ACCESSRULES_ERROR) ;
  result = rules->map ? ruleset_cdb_read_variable(rules, params, name)
    : ruleset_dir_read_variable(rules, params, name) ? ACCESSRULES_ALLOW : ACCESSRULES_ERROR ;
  if (result != ACCESSRULES_ALLOW) params->env.len = 0 ;
  return result ;
}
