/* ISC license. */

#include <errno.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

accessrules_result accessrules_key (accessrules const *rules, char const *key, accessrules_params *params)
{
  size_t len = strlen(key) ;
  char copy[ACCESSRULES_KEY_SIZE] ;
  params->key[0] = 0 ;
  if (len >= ACCESSRULES_KEY_SIZE) return (errno = ENAMETOOLONG, ACCESSRULES_ERROR) ;
  if (!accessrules_key_is_sound(key, len)) return (errno = EINVAL, ACCESSRULES_ERROR) ;
  memcpy(copy, key, len + 1) ;
  return accessrules_lookup(rules, copy, params) ;
}
