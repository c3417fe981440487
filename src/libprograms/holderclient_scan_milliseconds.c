/* ISC license. */

#include <skalibs/types.h>

#include "holderclient.h"

int holderclient_scan_milliseconds (char const *s, unsigned int *milliseconds)
{
  return !!uint0_scan(s, milliseconds) ;
}
