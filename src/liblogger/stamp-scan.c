/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdint.h>
#include <string.h>
#include <time.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "liblogger/stamp.h"

enum { NANO_DIGITS = 9, NANOSECONDS = 1000000000, MINUTE = 60, HOUR = 3600, DAY = 86400, MOMENT_MAX = 64 } ;
enum { DATE = 10, TO_MINUTE = 16, TO_SECOND = 19 } ;  /* so long is a text up to that */

 /* Does it look like that? 0 stands for any digit. */

static int is_like (char const *s, size_t len, char const *pattern)
{
  size_t n = strlen(pattern) ;
  if (len < n) return 0 ;
  for (size_t i = 0 ; i < n ; i++)
    if (pattern[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != pattern[i]) return 0 ;
  return 1 ;
}

static int number (char const *s, unsigned int digits)
{
  int n = 0 ;
  while (digits--) n = 10 * n + (*s++ - '0') ;
  return n ;
}

static int days_of (struct tm const *tm)
{
  static int const days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 } ;
  int year = tm->tm_year + 1900 ;
  return days[tm->tm_mon] + (tm->tm_mon == 1 && !(year % 4) && (year % 100 || !(year % 400))) ;
}

static int read_fields (char const *s, struct tm *tm)
{
  static struct tm const zero = { .tm_isdst = -1 } ;
  *tm = zero ;
  tm->tm_year = number(s, 4) - 1900 ;
  tm->tm_mon = number(s + 5, 2) - 1 ;
  tm->tm_mday = number(s + 8, 2) ;
  tm->tm_hour = number(s + 11, 2) ;
  tm->tm_min = number(s + 14, 2) ;
  return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 && tm->tm_mday <= days_of(tm) && tm->tm_hour < 24 && tm->tm_min < 60 ;
}

 /* Days since 1970 of the Gregorian calendar; years begin in March, so that a leap day is
    the last one. */

static int64_t seconds_of (struct tm const *tm)
{
  int64_t month = (tm->tm_mon + 10) % 12 ;
  int64_t year = tm->tm_year + 1900 - (tm->tm_mon < 2) ;
  int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + tm->tm_mday - 1 - 719468 ;
  return days * DAY + tm->tm_hour * HOUR + tm->tm_min * MINUTE ;
}

static size_t scan_fraction (char const *s, size_t len, long *nano)
{
  size_t n = 0 ;
  *nano = 0 ;
  if (!len || s[0] != '.') return 0 ;
  for (n = 1 ; n < len && n <= NANO_DIGITS && s[n] >= '0' && s[n] <= '9' ; n++) *nano = 10 * *nano + (s[n] - '0') ;
  for (size_t i = n ; i <= NANO_DIGITS ; i++) *nano *= 10 ;
  return n ;
}

static size_t scan_label (char const *s, size_t len, struct timespec *when)
{
  tain label ;
  char text[STAMP_LABEL + 1] ;
  if (len < STAMP_LABEL) return 0 ;
  memcpy(text, s, STAMP_LABEL) ;
  text[STAMP_LABEL] = 0 ;
  if (timestamp_scan(text, &label) != STAMP_LABEL || label.nano >= NANOSECONDS) return 0 ;
  return timespec_sysclock_from_tain(when, &label) ? STAMP_LABEL : 0 ;
}

 /* How long the zone is; 0: it is none. */

static size_t scan_zone (char const *s, size_t len, long *east)
{
  *east = 0 ;
  if (len && s[0] == 'Z') return 1 ;
  if (!is_like(s, len, "+00:00") && !is_like(s, len, "-00:00")) return 0 ;
  *east = number(s + 1, 2) * HOUR + number(s + 4, 2) * MINUTE ;
  if (s[0] == '-') *east = -*east ;
  return 6 ;
}

 /* Where a time has 32 bits, none of after January 2038 is one. */

static size_t scan_rfc3339 (char const *s, size_t len, struct timespec *when)
{
  struct tm tm ;
  int64_t sec ;
  long nano, east ;
  size_t n = TO_SECOND, zone ;
  if (!read_fields(s, &tm)) return 0 ;
  n += scan_fraction(s + n, len - n, &nano) ;
  zone = scan_zone(s + n, len - n, &east) ;
  if (!zone) return 0 ;
  sec = seconds_of(&tm) + number(s + TO_MINUTE + 1, 2) - east ;
  when->tv_sec = (time_t)sec ;
  when->tv_nsec = nano ;
  return when->tv_sec == sec ? n + zone : 0 ;
}

 /* The C library may look at the file of the zone each time: once a minute is enough. */

static size_t scan_local (char const *s, size_t len, struct timespec *when, struct stamp_minute *minute)
{
  struct tm tm ;
  int64_t sec ;
  if (!minute->text[0] || memcmp(minute->text, s, TO_MINUTE))
  {
    if (!read_fields(s, &tm)) return 0 ;
    minute->base = mktime(&tm) ;
    minute->text[0] = 0 ;
    if (minute->base == (time_t)-1) return 0 ;
    memcpy(minute->text, s, TO_MINUTE) ;
  }
  sec = (int64_t)minute->base + number(s + TO_MINUTE + 1, 2) ;
  when->tv_sec = (time_t)sec ;
  if (when->tv_sec != sec) return 0 ;
  return TO_SECOND + scan_fraction(s + TO_SECOND, len - TO_SECOND, &when->tv_nsec) ;
}

size_t stamp_scan (char const *s, size_t len, struct timespec *when, struct stamp_minute *minute)
{
  if (!len) return 0 ;
  if (s[0] == '@') return scan_label(s, len, when) ;
  if (is_like(s, len, "0000-00-00T00:00:00")) return scan_rfc3339(s, len, when) ;
  if (is_like(s, len, "0000-00-00 00:00:00")) return scan_local(s, len, when, minute) ;
  return 0 ;
}

static int scan_ago (char const *s, struct timespec *when, struct timespec const *now)
{
  unsigned int n ;
  int64_t sec ;
  size_t len = uint_scan(s, &n) ;
  int64_t unit = s[len] == 's' ? 1 : s[len] == 'm' ? MINUTE : s[len] == 'h' ? HOUR : s[len] == 'd' ? DAY : 0 ;
  if (!len || !unit || s[len + 1]) return 0 ;
  *when = *now ;
  sec = now->tv_sec - n * unit ;
  when->tv_sec = sec < 0 ? 0 : (time_t)sec ;
  return 1 ;
}

int stamp_moment (char const *s, struct timespec *when, struct timespec const *now)
{
  static char const rest[] = "0000-00-00 00:00:00" ;
  struct stamp_minute minute = { .text = "" } ;
  char text[MOMENT_MAX] ;
  size_t len = strlen(s) ;
  if (scan_ago(s, when, now)) return 1 ;
  if (len >= sizeof(text)) return 0 ;
  memcpy(text, s, len + 1) ;
  if (len == DATE || (len == TO_MINUTE && s[DATE] == ' '))
  {
    memcpy(text + len, rest + len, sizeof(rest) - len) ;
    len = TO_SECOND ;
  }
  return len && stamp_scan(text, len, when, &minute) == len ;
}
