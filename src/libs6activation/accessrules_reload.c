/* ISC license. */

#include <stdlib.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

int accessrules_reload (accessrules *rules)
{
  char *map ;
  size_t size ;
  if (!rules->map) return 1 ;
  if (!ruleset_cdb_load(rules->path, &map, &size)) return 0 ;
  free(rules->map) ;
  rules->map = map ;
  rules->size = size ;
  return 1 ;
}
