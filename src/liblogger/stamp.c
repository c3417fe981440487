/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <time.h>

#include <skalibs/tai.h>

#include "liblogger/script.h"
#include "liblogger/stamp.h"

enum { NANO_DIGITS = 9, MINUTE = 60, HOUR = 3600 } ;

void stamp_init (struct stamp *s)
{
  static struct stamp const zero = { .now = { .tv_sec = 0 } } ;
  *s = zero ;
  tzset() ;
}

void stamp_set (struct stamp *s, struct timespec const *now)
{
  s->now = *now ;
}

size_t stamp_label (char *s, struct timespec const *now)
{
  tain label ;
  tain_from_timespec_sysclock(&label, now) ;
  return timestamp_fmt(s, &label) ;
}

 /* The first digits of a second. */

static size_t put_fraction (char *s, long nano, unsigned int digits)
{
  for (unsigned int i = NANO_DIGITS ; i-- ; nano /= 10)
    if (i < digits) s[i] = (char)('0' + nano % 10) ;
  return digits ;
}

static void put_two (char *s, long n)
{
  s[0] = (char)('0' + n / 10) ;
  s[1] = (char)('0' + n % 10) ;
}

 /* How far east, in seconds: what the C library has no field for everywhere. */

static long offset_of (time_t t)
{
  struct tm local, utc ;
  long days ;
  if (!localtime_r(&t, &local) || !gmtime_r(&t, &utc)) return 0 ;
  days = local.tm_yday - utc.tm_yday ;
  if (local.tm_year != utc.tm_year) days = local.tm_year > utc.tm_year ? 1 : -1 ;
  return ((days * 24 + local.tm_hour - utc.tm_hour) * 60 + local.tm_min - utc.tm_min) * 60 + local.tm_sec - utc.tm_sec ;
}

static void put_zone (struct stamp_second *x, time_t t)
{
  long offset = offset_of(t) ;
  x->zone[0] = offset < 0 ? '-' : '+' ;
  if (offset < 0) offset = -offset ;
  put_two(x->zone + 1, offset / HOUR) ;
  x->zone[3] = ':' ;
  put_two(x->zone + 4, offset % HOUR / MINUTE) ;
  x->zonelen = 6 ;
}

static void make_second (struct stamp_second *x, time_t t, int islocal, char const *format)
{
  struct tm tm ;
  if (x->len && x->when == t) return ;
  x->when = t ;
  x->len = 0 ;
  if (islocal ? !!localtime_r(&t, &tm) : !!gmtime_r(&t, &tm)) x->len = (unsigned int)strftime(x->text, sizeof(x->text), format, &tm) ;
  x->zone[0] = 'Z' ;
  x->zonelen = 1 ;
}

static size_t put_rfc3339 (struct stamp_second *x, char *s, struct timespec const *now, int islocal, unsigned int digits)
{
  int isnew = !x->len || x->when != now->tv_sec ;
  size_t len ;
  make_second(x, now->tv_sec, islocal, "%Y-%m-%dT%H:%M:%S.") ;
  if (islocal && isnew) put_zone(x, now->tv_sec) ;
  memcpy(s, x->text, x->len) ;
  len = x->len + put_fraction(s + x->len, now->tv_nsec, digits) ;
  memcpy(s + len, x->zone, x->zonelen) ;
  len += x->zonelen ;
  s[len++] = ' ' ;
  return len ;
}

static size_t put_iso (struct stamp_second *x, char *s, struct timespec const *now)
{
  size_t len ;
  make_second(x, now->tv_sec, 1, "%Y-%m-%d %H:%M:%S.") ;
  memcpy(s, x->text, x->len) ;
  len = x->len + put_fraction(s + x->len, now->tv_nsec, NANO_DIGITS) ;
  s[len++] = ' ' ;
  s[len++] = ' ' ;
  return len ;
}

size_t stamp_put (struct stamp *x, char *s, unsigned int kinds, unsigned int utcdigits, unsigned int localdigits)
{
  size_t len = 0 ;
  if (kinds & SCRIPT_TAI64N)
  {
    len += stamp_label(s, &x->now) ;
    s[len++] = ' ' ;
  }
  if (kinds & SCRIPT_ISO) len += put_iso(&x->iso, s + len, &x->now) ;
  if (kinds & SCRIPT_UTC) len += put_rfc3339(&x->utc, s + len, &x->now, 0, utcdigits) ;
  if (kinds & SCRIPT_LOCAL) len += put_rfc3339(&x->local, s + len, &x->now, 1, localdigits) ;
  return len ;
}
