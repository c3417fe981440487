/* ISC license. */

/* H7, the daemon's part: a client that dies before it has read the answer of
   a retrieve-and-delete loses nothing. Native: the id goes when the client
   acknowledges. s6: when the answer has left whole. */

#include <errno.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { QUEUED = 1000, TURNS = 30, LATER_MILLISECONDS = 900 } ;  /* later than -t */

static struct testdaemon holder ;
static struct rawclient other ;  /* who looks on */
static int file ;

static void take (struct rawclient *c)
{
  raw_must_connect(c, "s", FRAME_NATIVE) ;
  raw_point_retrieve(c, 1, "x", file, "H7: native: who takes") ;
}

static void check_marked (void)
{
  int fd ;
  tap_ok(raw_holds(&other, "x"), "H7: native: until the acknowledgement it is listed") ;
  raw_point_retrieve(&other, 0, "x", file, "H7: native: until the acknowledgement") ;
  tap_error(raw_retrieve(&other, 1, "x", &fd), EBUSY, "H7: native: another taker gets EBUSY") ;
  tap_error(raw_delete(&other, "x"), EBUSY, "H7: native: so does delete") ;
  tap_error(raw_store(&other, "x", 0, file), EBUSY, "H7: native: and store") ;
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
  tap_error(e, 0, "H7: native: nothing has changed after %s", after) ;
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
  tap_error(raw_acknowledge(&c), 0, "H7: native: the acknowledgement is answered with 0") ;
  tap_ok(!raw_holds(&other, "x"), "H7: native: and the id is gone") ;
  tap_error(raw_acknowledge(&c), ENOENT, "H7: native: another acknowledgement finds nothing") ;
  tap_error(raw_retrieve(&c, 1, "x", &fd), ENOENT, "H7: native: nor does another retrieve") ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H7: native: and nothing is open") ;
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
  tap_error(raw_acknowledge(&c), ENOENT, "H7: native: what was taken has been replaced meanwhile") ;
  tap_ok(raw_holds(&other, "x"), "H7: native: and what replaced it stays") ;
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
  unsigned int good = 0 ;
  raw_must_store(&other, "x", file) ;
  raw_must_store(&other, "y", file) ;
  take_behind(&c) ;
  tap_error(raw_delete(&other, "x"), EBUSY, "H7: s6: while the answer waits the id is marked") ;
  tap_ok(raw_holds(&other, "x"), "H7: s6: and listed") ;
  raw_close(&c) ;
  test_sleep(1) ;
  check_undone("a disconnect (s6)") ;
  take_behind(&c) ;
  tap_ok(raw_holds(&other, "x"), "H7: s6: the id stays while the answer waits") ;
  tap_ok(raw_listed(&other, "y"), "H7: s6: and no later request is judged before") ;
  for (unsigned int i = 0 ; i <= QUEUED ; i++)
  {
    good += !raw_answer(&c) && c.nfds == 1 ;
    raw_drop_fds(&c) ;
  }
  tap_int(good, QUEUED + 1, "H7: s6: all the answers come") ;
  tap_error(raw_answer(&c), 0, "H7: s6: then the next request is judged") ;
  tap_ok(!raw_holds(&other, "x"), "H7: s6: and the id is gone") ;
  tap_ok(!raw_listed(&other, "y"), "H7: s6: and the one that was deleted") ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H7: s6: and nothing is open") ;
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
