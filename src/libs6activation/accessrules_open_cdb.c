/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

int accessrules_open_cdb (accessrules *rules, char const *file)
{
  char *map ;
  size_t size ;
  char *path = strdup(file) ;
  if (!path) return 0 ;
  if (!ruleset_cdb_load(file, &map, &size))
  {
    int e = errno ;
    free(path) ;
    errno = e ;
    return 0 ;
  }
  rules->path = path ;
  rules->map = map ;
  rules->size = size ;
  return 1 ;
}
