/* ISC license. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/uint16.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* Each modification has a name before its NUL or its '='. */

static int env_is_sound (char const *env, uint16_t len)
{
  int begins = 1 ;
  for (uint16_t i = 0 ; i < len ; i++)
  {
    if (begins && (!env[i] || env[i] == '=')) return 0 ;
    begins = !env[i] ;
  }
  return begins ;
}

 /* 'D', or 'A' and two strings, each after its length in two bytes. */

accessrules_result ruleset_cdb_value (char const *data, uint32_t len, ruleset_value *value)
{
  if (len == 1 && data[0] == 'D') return ACCESSRULES_DENY ;
  if (len < 5 || data[0] != 'A') goto err ;
  uint16_unpack_big(data + 1, &value->envlen) ;
  if (value->envlen > len - 5) goto err ;
  value->env = data + 3 ;
  uint16_unpack_big(value->env + value->envlen, &value->execlen) ;
  if (value->execlen != len - 5 - value->envlen) goto err ;
  value->exec = value->env + value->envlen + 2 ;
  if (env_is_sound(value->env, value->envlen)) return ACCESSRULES_ALLOW ;

 err:
  errno = EPROTO ;
  return ACCESSRULES_ERROR ;
}
