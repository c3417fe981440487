/* ISC license. */

#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "accesscontrol.h"
#include "exitcodes.h"

void accesscontrol_require (struct accesscontrol *control, accessrules_result result, char const *client)
{
  char fmt[PID_FMT] ;
  if (result == ACCESSRULES_ALLOW) result = accessrules_read(&control->rules, &control->params) ;
  if (result == ACCESSRULES_ALLOW) return ;
  if (result == ACCESSRULES_ERROR && control->verbosity)
    strerr_warnwusys("read the rules ", control->params.key[0] ? control->params.key : "", control->params.key[0] ? " " : "", "for ", client) ;
  if (control->verbosity >= 2)
  {
    fmt[pid_fmt(fmt, getpid())] = 0 ;
    if (result == ACCESSRULES_ERROR) strerr_warni("deny pid ", fmt, " ", client, ": rules that cannot be read deny") ;
    else if (result == ACCESSRULES_DENY) strerr_warni("deny pid ", fmt, " ", client, ": rule ", control->params.key) ;
    else strerr_warni("deny pid ", fmt, " ", client, ": no rule") ;
  }
  _exit(EXITCODE_DENIED) ;
}
