/* ISC license. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/djbunix.h>

#include <s6-activation/accessrules.h>

void accessrules_close (accessrules *rules)
{
  static accessrules const zero = ACCESSRULES_ZERO ;
  int e = errno ;
  free(rules->path) ;
  free(rules->map) ;
  if (rules->fd >= 0) fd_close(rules->fd) ;
  *rules = zero ;
  errno = e ;
}
