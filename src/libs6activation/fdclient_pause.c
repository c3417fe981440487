/* ISC license. */

#include <errno.h>

#include <skalibs/tai.h>
#include <skalibs/iopause.h>

#include "fdclient.h"

enum { PAUSE_MAX = 50 } ;

int fdclient_pause (unsigned int *pause, tain const *deadline, tain *stamp)
{
  tain until ;
  (*tain_now)(stamp) ;
  if (!tain_less(stamp, deadline)) return (errno = ETIMEDOUT, 0) ;
  tain_from_millisecs(&until, *pause) ;
  tain_add(&until, &until, stamp) ;
  if (tain_less(deadline, &until)) until = *deadline ;
  deepsleepuntil(&until, stamp) ;
  *pause = *pause * 2 > PAUSE_MAX ? PAUSE_MAX : *pause * 2 ;
  return 1 ;
}
