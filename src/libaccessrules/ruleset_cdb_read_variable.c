/* ISC license. */

#include <string.h>

#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* The last of several modifications of one variable counts, as it does in
    env_merge. */

static char const *find (ruleset_value const *value, char const *name)
{
  char const *found = 0 ;
  size_t len = strlen(name) ;
  for (char const *s = value->env ; s < value->env + value->envlen ; s += strlen(s) + 1)
    if (!strncmp(s, name, len) && (!s[len] || s[len] == '=')) found = s ;
  return found ;
}

accessrules_result ruleset_cdb_read_variable (accessrules const *rules, accessrules_params *params, char const *name)
{
  ruleset_record record ;
  ruleset_value value ;
  accessrules_result result ;
  char const *found ;
  int r = ruleset_cdb_find(rules->map, rules->size, params->key, strlen(params->key), 0, &record) ;
  if (r <= 0) return r ? ACCESSRULES_ERROR : ACCESSRULES_NOTFOUND ;
  result = ruleset_cdb_value(record.data, record.datalen, &value) ;
  if (result != ACCESSRULES_ALLOW) return result ;
  found = find(&value, name) ;
  return !found || stralloc_catb(&params->env, found, strlen(found) + 1) ? ACCESSRULES_ALLOW : ACCESSRULES_ERROR ;
}
