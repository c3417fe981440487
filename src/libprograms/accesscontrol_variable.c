/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/strerr.h>

#include "accesscontrol.h"
#include "exitcodes.h"

char const *accesscontrol_variable (char const *protocol, char const *name)
{
  size_t len = strlen(protocol) ;
  size_t namelen = strlen(name) ;
  char full[len + namelen + 1] ;
  char const *value ;
  memcpy(full, protocol, len) ;
  memcpy(full + len, name, namelen + 1) ;
  value = getenv(full) ;
  if (!value) strerr_dief(EXITCODE_USAGE, full, " not set: run ", PROG, " under s6-ipcserverd (without -P) or s6-tcpserverd") ;
  return value ;
}
