/* ISC license. */

/* H48, the daemon's part: what a client has acknowledged can be put back as it
   was, until the connection ends or says anything else. */

#include <errno.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LIMIT_MILLISECONDS = 3600000, SHORT_MILLISECONDS = 300, LATER_MILLISECONDS = 400 } ;

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

 /* c cannot put x back, and it is not held. */

static void check_gone (struct rawclient *c, int want, char const *name)
{
  tap_error(raw_putback(c), want, "H48: %s: nothing can be put back", name) ;
  tap_ok(!raw_holds(&other, "x"), "H48: %s: x is gone", name) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H48: %s: and closed", name) ;
}

static void check_putback (void)
{
  struct rawclient c ;
  double left ;
  store_for(LIMIT_MILLISECONDS) ;
  take(&c) ;
  tap_ok(!raw_holds(&other, "x"), "H48: what was acknowledged is not listed") ;
  tap_int(testdaemon_settled_file(&holder, file, 1), 1, "H48: but the daemon has it") ;
  tap_error(raw_putback(&c), 0, "H48: B is answered") ;
  tap_ok(raw_holds(&other, "x"), "H48: B puts it back") ;
  raw_point_retrieve(&other, 0, "x", file, "H48: what was put back") ;
  left = raw_left(&other, "x", 0) ;
  tap_least((intmax_t)left, LIMIT_MILLISECONDS / 1000 - 59, "H48: with its limit, in seconds") ;
  tap_most((intmax_t)left, LIMIT_MILLISECONDS / 1000, "H48: and not more") ;
  tap_error(raw_putback(&c), ENOENT, "H48: once") ;
  tap_ok(raw_holds(&other, "x"), "H48: and it stays") ;
  raw_close(&c) ;
  take(&c) ;
  tap_error(raw_putback(&c), 0, "H48: it can be taken and put back again") ;
  raw_close(&c) ;
  tap_error(raw_delete(&other, "x"), 0, "H48: and is nobody's then") ;
}

static void check_over (void)
{
  struct rawclient c ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_close(&c) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H48: after EOF it is closed") ;
  tap_ok(!raw_holds(&other, "x"), "H48: and gone") ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_list(&c) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H48: so it is after any other message") ;
  check_gone(&c, ENOENT, "after any other message") ;
  raw_must_store(&other, "x", file) ;
  raw_close(&c) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  tap_error(raw_putback(&c), ENOENT, "H48: who acknowledged nothing has nothing to put back") ;
  tap_ok(raw_holds(&other, "x"), "H48: and changes nothing") ;
  raw_close(&c) ;
  raw_delete(&other, "x") ;
}

static void check_conflicts (void)
{
  struct rawclient c ;
  int another = testfile() ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  raw_must_store(&other, "x", another) ;
  tap_error(raw_putback(&c), EBUSY, "H48: the id is there again: EBUSY") ;
  raw_point_retrieve(&other, 0, "x", another, "H48: and it stays what it is") ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H48: what was not put back is closed") ;
  raw_close(&c) ;
  raw_delete(&other, "x") ;
  store_for(SHORT_MILLISECONDS) ;
  take(&c) ;
  test_sleep(LATER_MILLISECONDS) ;
  check_gone(&c, ENOENT, "it has expired meanwhile") ;
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
  tap_error(raw_store(&other, "z", 0, file), ENFILE, "H48: nobody gets the place of what may come back") ;
  tap_error(raw_putback(&c), 0, "H48: so it can come back") ;
  tap_ok(raw_holds(&other, "x"), "H48: and is back") ;
  raw_close(&c) ;
  take(&c) ;
  raw_close(&c) ;
  tap_ok(!raw_holds(&other, "x"), "H48: when it does not") ;
  tap_int(testdaemon_settled_file(&holder, file, 1), 1, "H48: it is closed") ;
  tap_error(raw_store(&other, "z", 0, file), 0, "H48: and its place is free") ;
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
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H48: s6: what was given is not kept") ;
  raw_point_closed(&c, raw_putback(&c), EPROTO, "H48: s6: there is no B") ;
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
