/* ISC license. */

#include <errno.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

static accessrules_result judge_cdb (accessrules const *rules, char const *key)
{
  ruleset_record record ;
  ruleset_value value ;
  switch (ruleset_cdb_find(rules->map, rules->size, key, strlen(key), 0, &record))
  {
    case 1 : return ruleset_cdb_value(record.data, record.datalen, &value) ;
    case 0 : return ACCESSRULES_NOTFOUND ;
    default : return ACCESSRULES_ERROR ;
  }
}

accessrules_result ruleset_lookup (accessrules const *rules, char const *key, accessrules_params *params)
{
  accessrules_result result ;
  if (!rules->path)
  {
    params->key[0] = 0 ;
    errno = EBADF ;
    return ACCESSRULES_ERROR ;
  }
  result = rules->map ? judge_cdb(rules, key) : ruleset_dir_judge(rules, key) ;
  if (result == ACCESSRULES_NOTFOUND) params->key[0] = 0 ;
  else memmove(params->key, key, strlen(key) + 1) ;
  return result ;
}
