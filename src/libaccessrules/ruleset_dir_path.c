/* ISC license. */

#include <string.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

size_t ruleset_dir_path (char *path, accessrules const *rules, char const *key)
{
  size_t dirlen = strlen(rules->path) ;
  size_t keylen = strlen(key) ;
  memcpy(path, rules->path, dirlen) ;
  path[dirlen] = '/' ;
  memcpy(path + dirlen + 1, key, keylen) ;
  memcpy(path + dirlen + 1 + keylen, "/", 2) ;
  return dirlen + keylen + 2 ;
}
