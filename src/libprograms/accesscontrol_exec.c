/* ISC license. */

#include <skalibs/exec.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include <s6-activation/config.h>

#include "accesscontrol.h"
#include "exitcodes.h"

void accesscontrol_exec (struct accesscontrol *control, char const *options, char const *const *argv)
{
  char const *instead[] = { S6_ACTIVATION_EXECLINEPREFIX "execlineb", options, control->params.exec.s, 0 } ;
  if (!stralloc_catb(&control->params.env, control->modifs.s, control->modifs.len))
    strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
  if (control->params.exec.len) argv = instead ;
  xmexec_m(argv, control->params.env.s, control->params.env.len) ;
}
