/* ISC license. */

/* What s6-logread knows without a file: stamps and moments, the order of several logdirs,
   strings of JSON, and the bytes of a cursor. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skalibs/stralloc.h>

#include "liblogger/cursor.h"
#include "liblogger/json.h"
#include "liblogger/merge.h"
#include "liblogger/script.h"
#include "liblogger/stamp.h"
#include "support/tap.h"

enum { ROUNDS = 2000, NOW = 1800000000, NO_MOMENT = -2, SEQUENCES = 5, LINES = 12 } ;

static void stamp_is (char const *s, size_t wantlen, int64_t sec, long nano)
{
  struct stamp_minute minute = { .text = "" } ;
  struct timespec when = { .tv_sec = -1, .tv_nsec = -1 } ;
  size_t len = stamp_scan(s, strlen(s), &when, &minute) ;
  tap_int(len, wantlen, "length: %s", s) ;
  if (!wantlen || len != wantlen) return ;
  tap_int(when.tv_sec, sec, "seconds: %s", s) ;
  tap_int(when.tv_nsec, nano, "nanoseconds: %s", s) ;
}

static void test_stamps (void)
{
  stamp_is("2026-11-30T12:00:00Z x", 20, 1796040000, 0) ;
  stamp_is("2026-11-30T12:00:00.5Z x", 22, 1796040000, 500000000) ;
  stamp_is("2026-11-30T12:00:00.123456789+05:30 x", 35, 1796020200, 123456789) ;
  stamp_is("2026-11-30T12:00:00.123-01:00", 29, 1796043600, 123000000) ;
  stamp_is("2026-11-30 12:00:00.000000001  x", 29, 1796040000, 1) ;
  stamp_is("1970-01-01T00:00:00Z", 20, 0, 0) ;
  stamp_is("2000-02-29T23:59:59Z", 20, 951868799, 0) ;
  stamp_is("2100-03-01T00:00:00Z", sizeof(time_t) > 4 ? 20 : 0, 4107542400, 0) ;
  stamp_is("2038-01-19 03:14:07", 19, 2147483647, 0) ;
  stamp_is("2038-01-19 03:14:08", sizeof(time_t) > 4 ? 19 : 0, 2147483648, 0) ;
  stamp_is("2026-11-30T12:00:00 no zone", 0, 0, 0) ;
  stamp_is("2026-13-30T12:00:00Z", 0, 0, 0) ;
  stamp_is("2026-00-30T12:00:00Z", 0, 0, 0) ;
  stamp_is("2026-11-30T24:00:00Z", 0, 0, 0) ;
  stamp_is("2026-11-30T12:00:0", 0, 0, 0) ;
  stamp_is("2026-11-3x 12:00:00", 0, 0, 0) ;
  stamp_is("", 0, 0, 0) ;
  stamp_is("@4000000000000000000000", 0, 0, 0) ;
  stamp_is("@40000000000000000000000g", 0, 0, 0) ;
  stamp_is("@40000000000000003b9aca00", 0, 0, 0) ;  /* a billion nanoseconds */
}

 /* What is made is read: all kinds, times from 1970 to 2106. */

static void test_made (void)
{
  static unsigned int const kinds[] = { SCRIPT_TAI64N, SCRIPT_ISO, SCRIPT_UTC, SCRIPT_LOCAL } ;
  unsigned int wrong = 0 ;
  struct stamp stamp ;
  struct stamp_minute minute = { .text = "" } ;
  stamp_init(&stamp) ;
  srand(1) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    char s[STAMPS_MAX] ;
    struct timespec when = { .tv_sec = (time_t)rand() * 2 + 10, .tv_nsec = rand() % 1000000000 } ;
    struct timespec got = { .tv_sec = -1 } ;
    size_t len, n ;
    stamp_set(&stamp, &when) ;
    len = stamp_put(&stamp, s, kinds[i % 4], 9, 9) ;
    n = stamp_scan(s, len, &got, &minute) ;
    while (len && s[len - 1] == ' ') len-- ;
    wrong += n != len || got.tv_sec != when.tv_sec || got.tv_nsec != when.tv_nsec ;
  }
  tap_int(wrong, 0, "%u stamps are what was stamped", ROUNDS) ;
}

static void moment_is (char const *s, int64_t want)
{
  struct timespec now = { .tv_sec = NOW } ;
  struct timespec when = { .tv_sec = -1 } ;
  int r = stamp_moment(s, &when, &now) ;
  tap_int(r ? when.tv_sec : NO_MOMENT, want, "moment: %s", s) ;
}

static void test_moments (void)
{
  moment_is("2026-11-30", 1795996800) ;
  moment_is("2026-11-30 12:00", 1796040000) ;
  moment_is("2026-11-30 12:00:01", 1796040001) ;
  moment_is("2026-11-30T12:00:00+01:00", 1796036400) ;
  moment_is("90s", NOW - 90) ;
  moment_is("2m", NOW - 120) ;
  moment_is("3h", NOW - 10800) ;
  moment_is("1d", NOW - 86400) ;
  moment_is("4000000000s", 0) ;
  moment_is("4000000000d", 0) ;
  moment_is("", NO_MOMENT) ;
  moment_is("2026-02-29", NO_MOMENT) ;
  moment_is("2026-04-31T00:00:00Z", NO_MOMENT) ;
  moment_is("2028-02-29T00:00:00Z", 1835395200) ;
  moment_is("5", NO_MOMENT) ;
  moment_is("5w", NO_MOMENT) ;
  moment_is("5mm", NO_MOMENT) ;
  moment_is("2026-11-30T12:00", NO_MOMENT) ;
  moment_is("2026-11-30 12:00:01 ", NO_MOMENT) ;
  moment_is("a text that is far longer than any moment could be, whatever its form may be", NO_MOMENT) ;
}

 /* Sequences of any times: each keeps its order, and none waits for one that is later. */

static void test_merge (void)
{
  unsigned int wrong = 0 ;
  for (unsigned int round = 0 ; round < ROUNDS ; round++)
  {
    struct timespec all[SEQUENCES][LINES] ;
    struct merge_head heads[SEQUENCES] ;
    unsigned int at[SEQUENCES] = { 0 } ;
    unsigned int n = 0, i ;
    for (i = 0 ; i < SEQUENCES ; i++)
      for (unsigned int j = 0 ; j < LINES ; j++)
      {
        all[i][j].tv_sec = rand() % 4 ;
        all[i][j].tv_nsec = rand() % 4 ;
      }
    for (;; n++)
    {
      for (i = 0 ; i < SEQUENCES ; i++)
      {
        heads[i].isthere = at[i] < LINES ;
        if (heads[i].isthere) heads[i].when = all[i][at[i]] ;
      }
      i = merge_next(heads, SEQUENCES) ;
      if (i == SEQUENCES) break ;
      for (unsigned int j = 0 ; j < SEQUENCES ; j++)
      {
        if (at[j] == LINES) continue ;
        wrong += merge_isearlier(&all[j][at[j]], &all[i][at[i]]) ;
        wrong += j < i && !merge_isearlier(&all[i][at[i]], &all[j][at[j]]) ;
      }
      if (++at[i] > LINES) break ;
    }
    wrong += n != SEQUENCES * LINES ;
  }
  tap_int(wrong, 0, "%u merges", ROUNDS) ;
}

static void json_is (char const *s, size_t len, char const *want)
{
  stralloc sa = STRALLOC_ZERO ;
  if (!json_string(&sa, s, len) || !stralloc_0(&sa)) return ;
  tap_string(sa.s, want, "JSON: %s", want) ;
  stralloc_free(&sa) ;
}

#define JSON(s, want) json_is(s, sizeof(s) - 1, "\"" want "\"")

static void test_json (void)
{
  JSON("", "") ;
  JSON("a \"b\" \\ /", "a \\\"b\\\" \\\\ /") ;
  JSON("\t\r\n\001\033\177\0", "\\t\\r\\n\\u0001\\u001b\\u007f\\u0000") ;
  JSON("\303\251 \342\202\254 \360\237\230\200", "\303\251 \342\202\254 \360\237\230\200") ;
  JSON("\351", "\357\277\275") ;
  JSON("\303", "\357\277\275") ;
  JSON("\303(", "\357\277\275(") ;
  JSON("\300\200", "\357\277\275\357\277\275") ;  /* too long for a NUL */
  JSON("\355\240\200", "\357\277\275\357\277\275\357\277\275") ;  /* half of a pair */
  JSON("\364\220\200\200", "\357\277\275\357\277\275\357\277\275\357\277\275") ;  /* beyond Unicode */
  JSON("\377\376", "\357\277\275\357\277\275") ;
}

#define NAME "@400000006b0cda91236a5a4a.s"

static void cursor_is (char const *s, char const *path, int want)
{
  struct cursor_place x ;
  tap_int(cursor_scan(s, strlen(s), path, &x), want, "cursor: %.60s", s) ;
}

static void test_cursor (void)
{
  static char const *const paths[] = { "./a b", "/c" } ;
  struct cursor_place x[2], got ;
  stralloc sa = STRALLOC_ZERO ;
  cursor_begin(x) ;
  x[1] = x[0] ;
  x[1].ino = x[1].offset = UINT64_MAX ;
  x[1].hash = cursor_hash(x[0].hash, "foobar", 6) ;
  memcpy(x[1].name, NAME, sizeof(NAME)) ;
  memcpy(x[1].newest, NAME, sizeof(NAME)) ;
  tap_ok(cursor_fmt(&sa, x, paths, 2) && stralloc_0(&sa), "it is made") ;
  tap_string(sa.s, "s6-logread 1\n"
    "0 0 cbf29ce484222325 - - ./a b\n"
    "18446744073709551615 18446744073709551615 85944171f73967e8 " NAME " " NAME " /c\nend\n", "its bytes, as the page has them") ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    memset(&got, 0, sizeof(got)) ;
    tap_int(cursor_scan(sa.s, sa.len - 1, paths[i], &got), 1, "%s is in it", paths[i]) ;
    tap_ok(got.ino == x[i].ino && got.offset == x[i].offset && got.hash == x[i].hash && !strcmp(got.name, x[i].name) && !strcmp(got.newest, x[i].newest), "and is what it was") ;
  }
  tap_int(cursor_scan(sa.s, sa.len - 1, "./b", &got), 0, "another one is not") ;
  for (size_t len = 0, wrong = 0 ; len < sa.len ; len++)
  {
    wrong += len < sa.len - 1 && cursor_scan(sa.s, len, "/c", &got) != -1 ;
    if (len == sa.len - 1) tap_int(wrong, 0, "a part of it is none") ;
  }
  stralloc_free(&sa) ;
  cursor_is("s6-logread 2\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\nend\n", "a", 0) ;
  cursor_is("s6-logread 1\n1 2 3 - - a\nend\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\n1 2 3 - - a\nend\n", "a", 1) ;
  cursor_is("s6-logread 1\n1 2 3 - - \nend\n", "", -1) ;
  cursor_is("s6-logread 1\n1 2 g - - a\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\n1 2a 3 - - a\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\n18446744073709551616 2 3 - - a\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\n1 2  3 - - a\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\n1 2 3 @x - a\nend\n", "a", -1) ;
  cursor_is("s6-logread 1\n1 2 3 @../../../../../../../etc/p - a\nend\n", "a", -1) ;
}

int main (void)
{
  test_stamps() ;
  test_made() ;
  test_moments() ;
  test_merge() ;
  test_json() ;
  test_cursor() ;
  return tap_done() ;
}
