/* ISC license. */

#include <time.h>

#include "libdaemon/clock.h"

static struct timespec monotonic (void)
{
  struct timespec now ;
  clock_gettime(CLOCK_MONOTONIC, &now) ;
  return now ;
}

int64_t clock_milliseconds (void)
{
  struct timespec now = monotonic() ;
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 ;
}

void clock_now (tain *t)
{
  struct timespec now = monotonic() ;
  tain_uint(t, 1 + (unsigned int)now.tv_sec) ;  /* 0 means never in places */
  t->nano = (uint32_t)now.tv_nsec ;
}

void clock_span (tain *t, unsigned int milliseconds)
{
  tain_uint(t, milliseconds / 1000) ;
  t->nano = milliseconds % 1000 * 1000000 ;
}

void clock_timeout (tain *t, unsigned int ms)
{
  if (ms) clock_span(t, ms) ;
  else *t = tain_infinite_relative ;
}

void clock_after (tain *when, tain const *now, unsigned int milliseconds)
{
  tain span ;
  clock_span(&span, milliseconds) ;
  tain_add(when, now, &span) ;
}

void clock_lower (tain *when, tain const *due)
{
  if (tain_less(due, when)) *when = *due ;
}

uint64_t clock_elapsed (tain const *from, tain const *to)
{
  tain t ;
  if (!tain_less(from, to)) return 0 ;
  tain_sub(&t, to, from) ;
  if (t.sec.x >= UINT64_MAX / 1000) return UINT64_MAX ;
  return (uint64_t)t.sec.x * 1000 + t.nano / 1000000 ;
}

void clock_breathe (unsigned int milliseconds)
{
  struct timespec pause = { .tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000 } ;
  nanosleep(&pause, 0) ;
}
