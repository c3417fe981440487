/* ISC license. */

/* The pauses after failures: 10 ms, doubled up to a second, and from the
   beginning after a success. */

#include <skalibs/tai.h>

#include "libdaemon/backoff.h"
#include "libdaemon/clock.h"
#include "support/tap.h"

static unsigned int pause_of (struct backoff *b, tain const *now)
{
  tain when = tain_infinite ;
  backoff_begin(b, now) ;
  backoff_next(b, &when) ;
  tain_sub(&when, &when, now) ;
  return (unsigned int)tain_to_millisecs(&when) ;
}

int main (void)
{
  static unsigned int const pauses[] = { 10, 20, 40, 80, 160, 320, 640, 1000, 1000 } ;
  struct backoff b = { .milliseconds = 0 } ;
  tain now, when = tain_infinite ;
  clock_now(&now) ;
  tap_ok(!backoff_iswaiting(&b, &now), "nothing has failed: no pause") ;
  backoff_next(&b, &when) ;
  tap_ok(!tain_less(&when, &tain_infinite), "and no deadline") ;
  for (unsigned int i = 0 ; i < sizeof(pauses) / sizeof(*pauses) ; i++)
    tap_int(pause_of(&b, &now), pauses[i], "failure %u is followed by %u ms", i + 1, pauses[i]) ;
  tap_ok(backoff_iswaiting(&b, &now), "it is under way") ;
  when = now ;
  backoff_next(&b, &when) ;
  tain_sub(&when, &when, &now) ;
  tap_int(when.sec.x, 0, "an earlier deadline stays: seconds") ;
  tap_int(when.nano, 0, "an earlier deadline stays: nanoseconds") ;
  clock_after(&now, &now, 999) ;
  tap_ok(backoff_iswaiting(&b, &now), "a millisecond before the end it is still") ;
  clock_after(&now, &now, 1) ;
  tap_ok(!backoff_iswaiting(&b, &now), "at its end it is over") ;
  tap_int(pause_of(&b, &now), 1000, "another failure: as long again") ;
  backoff_reset(&b) ;
  tap_ok(!backoff_iswaiting(&b, &now), "a success ends it") ;
  tap_int(pause_of(&b, &now), 10, "and the next one is short") ;
  return tap_done() ;
}
