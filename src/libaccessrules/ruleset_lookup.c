/* ISC license. */

#include <errno.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

accessrules_result ruleset_lookup (accessrules const *rules, char const *key, accessrules_params *params)
{
  accessrules_result result ;
  if (!rules->path)
  {
    params->key[0] = 0 ;
    errno = EBADF ;
    return ACCESSRULES_ERROR ;
  }
  result = rules->map ? ruleset_cdb_judge(rules, key) : ruleset_dir_judge(rules, key) ;
  if (result == ACCESSRULES_NOTFOUND) params->key[0] = 0 ;
  else memmove(params->key, key, strlen(key) + 1) ;
  return result ;
}
