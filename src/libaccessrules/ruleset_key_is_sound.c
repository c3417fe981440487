/* ISC license. */

#include <string.h>

#include "accessrules-internal.h"

static int is_component (char const *name, size_t len)
{
  return len && name[0] != '.' && !memchr(name, '/', len) ;
}

int ruleset_key_is_sound (char const *key, size_t len)
{
  char const *slash = memchr(key, '/', len) ;
  return slash
   && !memchr(key, 0, len)
   && is_component(key, slash - key)
   && is_component(slash + 1, key + len - slash - 1) ;
}
