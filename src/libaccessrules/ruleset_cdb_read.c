/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

static int copy_exec (ruleset_value const *value, stralloc *exec)
{
  if (!value->execlen) return 1 ;
  if (value->execlen > ACCESSRULES_EXEC_MAX) return (errno = EMSGSIZE, 0) ;
  if (memchr(value->exec, 0, value->execlen)) return (errno = EINVAL, 0) ;
  return stralloc_catb(exec, value->exec, value->execlen) && stralloc_0(exec) ;
}

int ruleset_cdb_read (accessrules const *rules, accessrules_params *params, unsigned int parts)
{
  ruleset_record record ;
  ruleset_value value ;
  accessrules_result result ;
  int found = ruleset_cdb_find(rules->map, rules->size, params->key, strlen(params->key), 0, &record) ;
  if (found <= 0) return found ? ACCESSRULES_ERROR : ACCESSRULES_NOTFOUND ;
  result = ruleset_cdb_value(record.data, record.datalen, &value) ;
  if (result != ACCESSRULES_ALLOW) return result ;
  if ((parts & ACCESSRULES_READ_ENV)
   && !stralloc_catb(&params->env, value.env, value.envlen)) return ACCESSRULES_ERROR ;
  if ((parts & ACCESSRULES_READ_EXEC)
   && !copy_exec(&value, &params->exec)) return ACCESSRULES_ERROR ;
  return ACCESSRULES_ALLOW ;
}
