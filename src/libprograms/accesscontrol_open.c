/* ISC license. */

#include <skalibs/strerr.h>

#include <s6-activation/accessrules.h>

#include "accesscontrol.h"
#include "exitcodes.h"

int accesscontrol_open (struct accesscontrol *control)
{
  if (control->cdb)
  {
    if (!accessrules_open_cdb_lazy(&control->rules, control->cdb))
      strerr_diefusys(EXITCODE_SYSTEM, "read the rules in ", control->cdb) ;
    return 1 ;
  }
  if (control->directory)
  {
    if (!accessrules_open_dir(&control->rules, control->directory))
      strerr_diefusys(EXITCODE_SYSTEM, "use the rules in ", control->directory) ;
    return 1 ;
  }
  if (control->verbosity >= 2) strerr_warnw("no rules are given (-i or -x): every client is let in") ;
  return 0 ;
}
