/* ISC license. */

#include <skalibs/tai.h>

#include "fdclient.h"

int fdclient_never (tain *limit)
{
  tain now ;
  if (!tain_wallclock_read(&now)) return 0 ;
  tain_add(limit, &now, &tain_infinite_relative) ;
  return 1 ;
}
