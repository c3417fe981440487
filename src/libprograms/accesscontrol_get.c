/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include "accesscontrol.h"

char const *accesscontrol_get (char const *protocol, char const *name)
{
  size_t len = strlen(protocol) ;
  size_t namelen = strlen(name) ;
  char full[len + namelen + 1] ;
  memcpy(full, protocol, len) ;
  memcpy(full + len, name, namelen + 1) ;
  return getenv(full) ;
}
