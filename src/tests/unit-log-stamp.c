/* ISC license. */

/* liblogger/stamp.h: labels and times as text, in zones of all kinds, and over a second's end. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skalibs/tai.h>

#include "liblogger/script.h"
#include "liblogger/stamp.h"
#include "support/tap.h"

enum { SUMMER = 1751328000, WINTER = 1735689599 } ;  /* 2025-07-01 00:00:00, 2024-12-31 23:59:59, UTC */

static char const *put (struct stamp *s, time_t t, long nano, unsigned int kinds, unsigned int digits)
{
  static char text[STAMPS_MAX + 1] ;
  struct timespec const now = { .tv_sec = t, .tv_nsec = nano } ;
  stamp_set(s, &now) ;
  text[stamp_put(s, text, kinds, digits, digits)] = 0 ;
  return text ;
}

static void test_label (void)
{
  struct stamp s ;
  struct timespec const now = { .tv_sec = SUMMER, .tv_nsec = 500 } ;
  char got[STAMPS_MAX], want[TIMESTAMP + 1] ;
  tain label ;
  stamp_init(&s) ;
  tain_from_timespec_sysclock(&label, &now) ;
  timestamp_fmt(want, &label) ;
  tap_int((intmax_t)stamp_label(got, &now), STAMP_LABEL, "a label's length") ;
  tap_bytes(got, STAMP_LABEL, want, STAMP_LABEL, "as the library has it") ;
  tap_bytes(got, STAMP_LABEL, "@4000000068632525000001f4", STAMP_LABEL, "37 seconds after UTC") ;
  tap_bytes(put(&s, SUMMER, 500, SCRIPT_TAI64N, 0), 26, "@4000000068632525000001f4 ", 26, "and a blank") ;
}

static void test_zone (char const *zone, time_t t, char const *iso, char const *local)
{
  struct stamp s ;
  setenv("TZ", zone, 1) ;
  stamp_init(&s) ;
  tap_string(put(&s, t, 7, SCRIPT_ISO, 0), iso, "T in %s", zone) ;
  tap_string(put(&s, t, 7, SCRIPT_LOCAL, 9), local, "U9 in %s", zone) ;
}

static void test_zones (void)
{
  test_zone("UTC0", SUMMER, "2025-07-01 00:00:00.000000007  ", "2025-07-01T00:00:00.000000007+00:00 ") ;
  test_zone("CET-1CEST,M3.5.0,M10.5.0/3", SUMMER, "2025-07-01 02:00:00.000000007  ", "2025-07-01T02:00:00.000000007+02:00 ") ;
  test_zone("CET-1CEST,M3.5.0,M10.5.0/3", WINTER, "2025-01-01 00:59:59.000000007  ", "2025-01-01T00:59:59.000000007+01:00 ") ;
  test_zone("EST5", WINTER + 1, "2024-12-31 19:00:00.000000007  ", "2024-12-31T19:00:00.000000007-05:00 ") ;
  test_zone("NPT-5:45", SUMMER, "2025-07-01 05:45:00.000000007  ", "2025-07-01T05:45:00.000000007+05:45 ") ;
  test_zone("NST3:30", SUMMER, "2025-06-30 20:30:00.000000007  ", "2025-06-30T20:30:00.000000007-03:30 ") ;
}

static void test_utc (void)
{
  struct stamp s ;
  stamp_init(&s) ;
  tap_string(put(&s, SUMMER, 123456789, SCRIPT_UTC, 3), "2025-07-01T00:00:00.123Z ", "u3") ;
  tap_string(put(&s, SUMMER, 123456789, SCRIPT_UTC, 6), "2025-07-01T00:00:00.123456Z ", "u6, in the same second") ;
  tap_string(put(&s, SUMMER + 1, 999999999, SCRIPT_UTC, 9), "2025-07-01T00:00:01.999999999Z ", "u9, in the next one") ;
  tap_string(put(&s, SUMMER, 0, SCRIPT_UTC, 3), "2025-07-01T00:00:00.000Z ", "and one back") ;
}

static void test_all (void)
{
  struct stamp s ;
  setenv("TZ", "EST5", 1) ;
  stamp_init(&s) ;
  tap_string(put(&s, SUMMER, 1, SCRIPT_TAI64N | SCRIPT_ISO | SCRIPT_UTC | SCRIPT_LOCAL, 3),
    "@400000006863252500000001 2025-06-30 19:00:00.000000001  2025-07-01T00:00:00.000Z 2025-06-30T19:00:00.000-05:00 ", "all of them, in this order") ;
}

int main (void)
{
  test_label() ;
  test_zones() ;
  test_utc() ;
  test_all() ;
  return tap_done() ;
}
