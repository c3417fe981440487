/* ISC license. */

#include <skalibs/strerr.h>

#include <s6-activation/accessrules.h>

#include "accesscontrol.h"
#include "exitcodes.h"

 /* An error is told at every verbosity: it is ours to mend, and keeps out clients that may come in. */

void accesscontrol_require (struct accesscontrol *control, accessrules_result result, char const *client)
{
  char const *key = control->params.key ;
  if (result == ACCESSRULES_ALLOW) result = accessrules_read(&control->rules, &control->params) ;
  switch (result)
  {
    case ACCESSRULES_ALLOW : return ;
    case ACCESSRULES_ERROR : strerr_diefusys(EXITCODE_SYSTEM, "read the rules ", key, key[0] ? " " : "", "for ", client) ;
    case ACCESSRULES_DENY : accesscontrol_deny(control, client, "rule ", key) ;
    case ACCESSRULES_NOTFOUND : accesscontrol_deny(control, client, "no rule", "") ;
  }
  strerr_dief(EXITCODE_BUG, "a lookup of rules gave an unknown result") ;
}
