/* ISC license. */

/* H12, the daemon's part: equal limits, the largest, past ones, nanoseconds
   of a billion and more: no collision, no wrap, no loop. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { EQUAL = 100, BILLION = 1000000000 } ;

static struct testdaemon holder ;
static struct rawclient c ;
static int file ;

static void set_raw (tain *t, uint64_t seconds, uint32_t nanoseconds)
{
  t->sec.x = seconds ;
  t->nano = nanoseconds ;
}

 /* The limit that a dump tells for the only id that is held. */

static int told_limit (tain *limit)
{
  struct wire_reader r ;
  struct wire_entry entry ;
  if (raw_command(&c, "?", 1, 0, 0) || raw_receive(&c) < 0) return 0 ;
  raw_drop_fds(&c) ;
  wire_reader_init(&r, c.s, c.len) ;
  if (!wire_get_entry(&r, &entry)) return 0 ;
  *limit = entry.limit ;
  return 1 ;
}

static void check_never (char const *name, uint64_t seconds, uint32_t nanoseconds)
{
  tain limit, half, early ;
  set_raw(&limit, seconds, nanoseconds) ;
  tap_error(raw_store(&c, "x", &limit, file), 0, "H12: %s is taken", name) ;
  raw_never(&half) ;
  tain_half(&early, &tain_infinite_relative) ;
  tain_sub(&half, &half, &early) ;
  if (tap_ok(told_limit(&limit), "H12: %s is told in a dump", name))
    tap_least(limit.sec.x, half.sec.x + 1, "H12: %s is never", name) ;
  raw_delete(&c, "x") ;
}

static void check_past (char const *name, tain const *limit)
{
  tap_error(raw_store(&c, "x", limit, file), EINVAL, "H12: %s is refused in a store", name) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H12: %s: whose descriptor is closed", name) ;
}

 /* Nanoseconds that are none must not carry over into the seconds. */

static void check_nanoseconds (void)
{
  tain limit, told, late ;
  raw_limit(&limit, 10000) ;
  limit.nano = UINT32_MAX ;
  tap_error(raw_store(&c, "x", &limit, file), 0, "H12: nanoseconds beyond a billion are taken") ;
  set_raw(&late, limit.sec.x, BILLION - 1) ;
  tain_addsec(&late, &late, 1) ;
  if (tap_ok(told_limit(&told), "H12: and told in a dump"))
  {
    tap_most(told.nano, BILLION - 1, "H12: and clamped") ;
    tap_ok(tain_less(&told, &late), "H12: and add no second") ;
  }
  raw_delete(&c, "x") ;
}

static void check_equal (void)
{
  tain limit ;
  unsigned int stored = 0 ;
  long left = -1 ;
  raw_limit(&limit, 1500) ;
  for (unsigned int i = 0 ; i < EQUAL ; i++)
  {
    char id[8] ;
    snprintf(id, sizeof(id), "e%u", i) ;
    if (!raw_store(&c, id, &limit, file)) stored++ ;
  }
  tap_int(stored, EQUAL, "H12: %d equal limits do not collide", EQUAL) ;
  tap_error(raw_delete(&c, "e50"), 0, "H12: one of them is deleted") ;
  raw_point_count(&c, EQUAL - 1, "H12: and that one alone") ;
  for (unsigned int i = 0 ; i < 1000 && left ; i++)
  {
    test_sleep(5) ;
    left = raw_list(&c) ? -1 : raw_list_count(&c) ;
  }
  tap_int(left, 0, "H12: the others expire, all of them") ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H12: and are closed") ;
}

 /* One frame of three entries, of which the second has passed. */

static void check_dump (void)
{
  char body[1 + 3 * WIRE_ENTRY_MAX] ;
  int files[3] = { file, file, file } ;
  size_t len = 1 ;
  tain never, past, absurd ;
  raw_never(&never) ;
  raw_limit(&past, -1) ;
  set_raw(&absurd, UINT64_MAX, UINT32_MAX) ;
  body[0] = WIRE_DUMPFRAME ;
  len += wire_pack_entry(body + len, &never, "a", 1) ;
  len += wire_pack_entry(body + len, &past, "b", 1) ;
  len += wire_pack_entry(body + len, &absurd, "c", 1) ;
  tap_error(raw_setdump(&c, 3), 0, "H12: a dump with a past limit is granted") ;
  tap_error(raw_command(&c, body, len, files, 3), 0, "H12: and applied") ;
  raw_point_count(&c, 2, "H12: without one entry") ;
  tap_ok(!raw_listed(&c, "b"), "H12: the one that is past") ;
  tap_int(testdaemon_settled_file(&holder, file, 2), 2, "H12: whose file is closed") ;
  raw_delete(&c, "a") ;
  raw_delete(&c, "c") ;
}

int main (void)
{
  tain limit, now ;
  testdaemon_begin(&holder, 0) ;
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  check_never("the largest limit", UINT64_MAX, UINT32_MAX) ;
  check_never("the largest positive number of seconds", INT64_MAX, BILLION - 1) ;
  tain_wallclock_read(&now) ;
  set_raw(&limit, 0, 0) ;
  check_past("the smallest limit", &limit) ;
  set_raw(&limit, now.sec.x - 1, UINT32_MAX) ;
  check_past("a limit in the past with too many nanoseconds", &limit) ;
  raw_limit(&limit, -1) ;
  check_past("a millisecond ago", &limit) ;
  check_nanoseconds() ;
  check_equal() ;
  check_dump() ;
  raw_point_count(&c, 0, "H12: nothing is left") ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
