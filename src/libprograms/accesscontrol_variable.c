/* ISC license. */

#include <skalibs/strerr.h>

#include "accesscontrol.h"
#include "exitcodes.h"

char const *accesscontrol_variable (char const *protocol, char const *name)
{
  char const *value = accesscontrol_get(protocol, name) ;
  if (!value) strerr_dief(EXITCODE_USAGE, protocol, name, " not set: run ", PROG, " under s6-ipcserverd (without -P) or s6-tcpserverd") ;
  return value ;
}
