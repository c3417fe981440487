/* ISC license. */

#include <errno.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

static accessrules_result refuse (accessrules_params *params, int e)
{
  params->key[0] = 0 ;
  errno = e ;
  return ACCESSRULES_ERROR ;
}

 /* key may be params->key: it is copied before that is written. */

accessrules_result accessrules_key (accessrules const *rules, char const *key, accessrules_params *params)
{
  size_t len = strlen(key) ;
  char copy[ACCESSRULES_KEY_SIZE] ;
  if (len >= ACCESSRULES_KEY_SIZE) return refuse(params, ENAMETOOLONG) ;
  if (!ruleset_key_is_sound(key, len)) return refuse(params, EINVAL) ;
  memcpy(copy, key, len + 1) ;
  return ruleset_lookup(rules, copy, params) ;
}
