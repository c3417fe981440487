/* ISC license. */

/* H48, the daemon's part: what a client has acknowledged can be put back as it
   was, until the connection ends or says anything else. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LIMIT_MILLISECONDS = 3600000, SHORT_MILLISECONDS = 300, LATER_MILLISECONDS = 400, TRIES = 100 } ;

static struct testdaemon holder ;
static struct rawclient other ;  /* who looks on */
static int file ;

 /* x is gone, and c may put it back. */

static void take (struct rawclient *c)
{
  int fd ;
  raw_must_connect(c, "s", FRAME_NATIVE) ;
  if (raw_retrieve(c, 1, "x", &fd) || raw_acknowledge(c)) tap_bail("unable to take x") ;
  close(fd) ;
}

static void store_for (long milliseconds)
{
  tain limit ;
  raw_limit(&limit, milliseconds) ;
  if (raw_store(&other, "x", &limit, file)) tap_bail("unable to store x") ;
}

static int is_x_the_file (void)
{
  int fd ;
  int r = !raw_retrieve(&other, 0, "x", &fd) && testfile_same(fd, file) ;
  close(fd) ;
  return r ;
}

static unsigned int count_in_the_end (unsigned int want)
{
  for (unsigned int i = 0 ; i < TRIES && testdaemon_count_file(&holder, file) != want ; i++) test_sleep(10) ;
  return testdaemon_count_file(&holder, file) ;
}

 /* Seconds that x has left, by a dump of which it is the only entry; -1: none. */

static long left_of_x (void)
{
  struct wire_reader r ;
  struct wire_entry entry ;
  tain now, left ;
  uint32_t total ;
  if (raw_command(&other, "?", 1, 0, 0)) return -1 ;
  uint32_unpack_big(other.s + 5, &total) ;
  if (total != 1 || raw_receive(&other) < 0) return -1 ;
  raw_drop_fds(&other) ;
  wire_reader_init(&r, other.s, other.len) ;
  tain_wallclock_read(&now) ;
  if (!wire_get_entry(&r, &entry) || strcmp(entry.id.s, "x")) return -1 ;
  tain_sub(&left, &entry.limit, &now) ;
  return (long)tai_sec(tain_secp(&left)) ;
}

static void check_putback (void)
{
  struct rawclient c ;
  long left ;
  store_for(LIMIT_MILLISECONDS) ;
  take(&c) ;
  tap_ok(!raw_holds(&other, "x"), "H48: what was acknowledged is not listed") ;
  tap_ok(testdaemon_count_file(&holder, file) == 1, "H48: but the daemon has it") ;
  tap_ok(!raw_putback(&c) && raw_holds(&other, "x") && is_x_the_file(), "H48: B puts it back") ;
  left = left_of_x() ;
  if (!tap_ok(left > LIMIT_MILLISECONDS / 1000 - 60 && left <= LIMIT_MILLISECONDS / 1000, "H48: with its limit")) tap_diag("got %ld s", left) ;
  tap_ok(raw_putback(&c) == ENOENT && raw_holds(&other, "x"), "H48: once") ;
  raw_close(&c) ;
  take(&c) ;
  tap_ok(!raw_putback(&c), "H48: it can be taken and put back again") ;
  raw_close(&c) ;
  tap_ok(!raw_delete(&other, "x"), "H48: and is nobody's then") ;
}

static void check_over (void)
{
  struct rawclient c ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_close(&c) ;
  tap_ok(!count_in_the_end(0) && !raw_holds(&other, "x"), "H48: after EOF it is gone, and closed") ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_list(&c) ;
  tap_ok(!count_in_the_end(0) && raw_putback(&c) == ENOENT && !raw_holds(&other, "x"), "H48: so it is after any other message") ;
  raw_must_store(&other, "x", file) ;
  raw_close(&c) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  tap_ok(raw_putback(&c) == ENOENT && raw_holds(&other, "x"), "H48: who acknowledged nothing has nothing to put back") ;
  raw_close(&c) ;
  raw_delete(&other, "x") ;
}

static void check_conflicts (void)
{
  struct rawclient c ;
  int another = testfile() ;
  int fd ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_must_store(&other, "x", another) ;
  tap_ok(raw_putback(&c) == EBUSY, "H48: the id is there again: EBUSY") ;
  tap_ok(!raw_retrieve(&other, 0, "x", &fd) && testfile_same(fd, another) && !count_in_the_end(0), "H48: and it stays what it is") ;
  close(fd) ;
  raw_close(&c) ;
  raw_delete(&other, "x") ;
  store_for(SHORT_MILLISECONDS) ;
  take(&c) ;
  test_sleep(LATER_MILLISECONDS) ;
  tap_ok(raw_putback(&c) == ENOENT && !raw_holds(&other, "x") && !count_in_the_end(0), "H48: it has expired meanwhile: ENOENT") ;
  raw_close(&c) ;
  close(another) ;
}

 /* -n 2: the place of what was taken is kept. */

static void check_full (void)
{
  struct rawclient c ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_must_store(&other, "y", file) ;
  tap_ok(raw_store(&other, "z", 0, file) == ENFILE, "H48: nobody gets the place of what may come back") ;
  tap_ok(!raw_putback(&c) && raw_holds(&other, "x"), "H48: so it can come back") ;
  raw_close(&c) ;
  take(&c) ;
  raw_close(&c) ;
  tap_ok(!raw_holds(&other, "x") && count_in_the_end(1) == 1 && !raw_store(&other, "z", 0, file), "H48: and is free when it does not") ;
  raw_delete(&other, "y") ;
  raw_delete(&other, "z") ;
}

static void check_s6 (void)
{
  struct rawclient c ;
  int fd ;
  raw_must_store(&other, "x", file) ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  if (raw_retrieve(&c, 1, "x", &fd)) tap_bail("unable to take x in s6's dialect") ;
  close(fd) ;
  tap_ok(!count_in_the_end(0), "H48: s6: what was given is not kept") ;
  tap_ok(raw_putback(&c) == EPROTO && raw_isclosed(&c), "H48: s6: there is no B") ;
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  file = testfile() ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-n", "2", 0 }) ;
  raw_must_connect(&other, "s", FRAME_NATIVE) ;
  check_putback() ;
  check_over() ;
  check_conflicts() ;
  check_full() ;
  check_s6() ;
  raw_close(&other) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
