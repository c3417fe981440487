/* ISC license. */

#include <errno.h>

#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>

void accessrules_params_free (accessrules_params *params)
{
  int e = errno ;
  stralloc_free(&params->env) ;
  stralloc_free(&params->exec) ;
  params->key[0] = 0 ;
  errno = e ;
}
