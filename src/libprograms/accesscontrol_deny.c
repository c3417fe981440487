/* ISC license. */

#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "accesscontrol.h"
#include "exitcodes.h"

void accesscontrol_deny (struct accesscontrol const *control, char const *client, char const *why, char const *rule)
{
  char fmt[PID_FMT] ;
  fmt[pid_fmt(fmt, getpid())] = 0 ;
  if (control->verbosity >= 2) strerr_warni("deny pid ", fmt, " ", client, ": ", why, rule) ;
  _exit(EXITCODE_DENIED) ;
}
