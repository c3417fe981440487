/* ISC license. */

#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "accesscontrol.h"

void accesscontrol_log_allow (struct accesscontrol const *control, char const *client)
{
  char fmt[PID_FMT] ;
  if (!control->verbosity) return ;
  fmt[pid_fmt(fmt, getpid())] = 0 ;
  strerr_warni("allow pid ", fmt, " ", client) ;
}
