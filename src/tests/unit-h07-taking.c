/* ISC license. */

/* H7, the daemon's part: a client that dies before it has read the answer of
   a retrieve-and-delete loses nothing. Native: the id goes when the client
   acknowledges. s6: when the answer has left whole. */

#include <errno.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { QUEUED = 1000, TURNS = 30, LATER_MILLISECONDS = 900 } ;  /* later than -t */

static struct testdaemon holder ;
static struct rawclient other ;  /* who looks on */
static int file ;

static void take (struct rawclient *c)
{
  int fd ;
  raw_must_connect(c, "s", FRAME_NATIVE) ;
  tap_ok(!raw_retrieve(c, 1, "x", &fd) && testfile_same(fd, file), "H7: native: the file comes") ;
  close(fd) ;
}

static void check_marked (void)
{
  int fd ;
  tap_ok(raw_holds(&other, "x"), "H7: native: until the acknowledgement it is listed") ;
  tap_ok(!raw_retrieve(&other, 0, "x", &fd) && testfile_same(fd, file), "H7: native: and can be retrieved") ;
  close(fd) ;
  tap_ok(raw_retrieve(&other, 1, "x", &fd) == EBUSY, "H7: native: another taker gets EBUSY") ;
  tap_ok(raw_delete(&other, "x") == EBUSY && raw_store(&other, "x", 0, file) == EBUSY, "H7: native: so do delete and store") ;
}

 /* The mark is gone: it can be deleted. It is stored again for the next check. */

static void check_undone (char const *after)
{
  int e = EBUSY ;
  for (unsigned int i = 0 ; i < 100 && e == EBUSY ; i++)
  {
    e = raw_delete(&other, "x") ;
    if (e) test_sleep(5) ;
  }
  tap_ok(!e, "H7: native: nothing has changed after %s", after) ;
  raw_must_store(&other, "x", file) ;
}

static void check_native (void)
{
  struct rawclient c ;
  int fd ;
  take(&c) ;
  check_marked() ;
  raw_close(&c) ;
  check_undone("a disconnect") ;
  take(&c) ;
  raw_list(&c) ;
  check_undone("another message") ;
  raw_close(&c) ;
  take(&c) ;
  tap_ok(!raw_acknowledge(&c), "H7: native: the acknowledgement is answered with 0") ;
  tap_ok(!raw_holds(&other, "x"), "H7: native: and the id is gone") ;
  tap_ok(raw_acknowledge(&c) == ENOENT && raw_retrieve(&c, 1, "x", &fd) == ENOENT && !testdaemon_count_file(&holder, file), "H7: native: for good, when something else is said") ;
  raw_close(&c) ;
}

static void check_timeout (void)
{
  struct rawclient c ;
  take(&c) ;
  test_sleep(LATER_MILLISECONDS) ;
  check_undone("a timeout") ;
  tap_ok(raw_isclosed(&c), "H7: native: and that is the end of the connection") ;
  raw_close(&c) ;
}

static void check_replaced (void)
{
  struct rawclient c ;
  char const *id = "x" ;
  int another = testfile() ;
  raw_must_store(&other, "x", file) ;
  take(&c) ;
  if (raw_setdump(&other, 1) || raw_dumpframe(&other, &id, &another, 1)) tap_bail("setdump") ;
  tap_ok(raw_acknowledge(&c) == ENOENT && raw_holds(&other, "x"), "H7: native: what was replaced meanwhile stays") ;
  raw_close(&c) ;
  raw_delete(&other, "x") ;
  close(another) ;
}

 /* So many answers before it that it cannot leave. Returns when the daemon has judged all it will. */

static void take_behind (struct rawclient *c)
{
  char body[WIRE_REQUEST_MAX] ;
  raw_must_connect(c, "s", FRAME_S6) ;
  for (unsigned int i = 0 ; i < QUEUED ; i++) raw_put(c, body, wire_pack_retrieve(body, 0, "y", 1), 0, 0) ;
  raw_put(c, body, wire_pack_retrieve(body, 1, "x", 1), 0, 0) ;
  raw_put(c, body, wire_pack_delete(body, "y", 1), 0, 0) ;
  for (unsigned int i = 0 ; i < TURNS ; i++)
    if (raw_list(&other)) tap_bail("list") ;
}

static void check_s6 (void)
{
  struct rawclient c ;
  int good = 1 ;
  raw_must_store(&other, "x", file) ;
  raw_must_store(&other, "y", file) ;
  take_behind(&c) ;
  tap_ok(raw_delete(&other, "x") == EBUSY && raw_holds(&other, "x"), "H7: s6: while the answer waits the id is marked") ;
  raw_close(&c) ;
  test_sleep(1) ;
  check_undone("a disconnect (s6)") ;
  take_behind(&c) ;
  tap_ok(raw_holds(&other, "x") && raw_listed(&other, "y"), "H7: s6: no later request is judged before") ;
  for (unsigned int i = 0 ; i <= QUEUED ; i++)
  {
    if (raw_answer(&c) || c.nfds != 1) good = 0 ;
    raw_drop_fds(&c) ;
  }
  tap_ok(good, "H7: s6: all the answers come") ;
  tap_ok(!raw_answer(&c), "H7: s6: then the next request is judged") ;
  tap_ok(!raw_holds(&other, "x") && !raw_listed(&other, "y") && !testdaemon_count_file(&holder, file), "H7: s6: and the id is gone") ;
  raw_close(&c) ;
}

static void begin (char const *const *options)
{
  testdaemon_start(&holder, "s", options) ;
  raw_must_connect(&other, "s", FRAME_NATIVE) ;
  raw_must_store(&other, "x", file) ;
}

static void end (void)
{
  raw_close(&other) ;
  testdaemon_finish(&holder) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  file = testfile() ;
  begin(0) ;
  check_native() ;
  check_replaced() ;
  check_s6() ;
  end() ;
  begin((char const *const []){ "-v", "0", "-t", "300", 0 }) ;
  check_timeout() ;
  end() ;
  return tap_done() ;
}
