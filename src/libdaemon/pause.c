/* ISC license. */

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/pause.h"

enum { MS_PER_SECOND = 1000 } ;

void pause_lengthen (uint16_t *seconds, unsigned int longest)
{
  unsigned int next = *seconds ? 2u * *seconds : 1 ;
  *seconds = (uint16_t)(next < longest ? next : longest) ;
}

void pause_end (uint16_t seconds, tain const *now, tain *when)
{
  clock_after(when, now, seconds * MS_PER_SECOND) ;
}
