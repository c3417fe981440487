/* ISC license. */

#include <string.h>

#include <skalibs/env.h>
#include <skalibs/strerr.h>

#include "accesscontrol.h"
#include "exitcodes.h"

void accesscontrol_modify (struct accesscontrol *control, char const *protocol, char const *name, char const *value)
{
  size_t len = strlen(protocol) ;
  size_t namelen = strlen(name) ;
  char full[len + namelen + 1] ;
  memcpy(full, protocol, len) ;
  memcpy(full + len, name, namelen + 1) ;
  if (!env_addmodif(&control->modifs, full, value)) strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
}
