/* ISC license. */

#include <skalibs/tai.h>

#include "libdaemon/backoff.h"
#include "libdaemon/clock.h"

enum { BACKOFF_FIRST = 10, BACKOFF_LONGEST = 1000 } ;

void backoff_begin (struct backoff *b, tain const *now)
{
  if (!b->milliseconds) b->milliseconds = BACKOFF_FIRST ;
  else if (b->milliseconds < BACKOFF_LONGEST / 2) b->milliseconds *= 2 ;
  else b->milliseconds = BACKOFF_LONGEST ;
  b->isunderway = 1 ;
  clock_after(&b->until, now, b->milliseconds) ;
}

void backoff_reset (struct backoff *b)
{
  b->milliseconds = 0 ;
  b->isunderway = 0 ;
}

int backoff_iswaiting (struct backoff *b, tain const *now)
{
  if (b->isunderway && !tain_less(now, &b->until)) b->isunderway = 0 ;
  return b->isunderway ;
}

void backoff_next (struct backoff const *b, tain *when)
{
  if (b->isunderway) clock_lower(when, &b->until) ;
}
