/* ISC license. */

/* H32: the lame duck ends: after -T, 10 s by default, even with clients that
   never read; at once where nothing is under way. */

#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum { WAITS = 30, LISTED = 100, GRACE = 20000 } ;

static struct testdaemon holder ;

 /* Asks for lists until the daemon reads no more of it. */

static void never_read (struct rawclient *c, enum frame_dialect dialect)
{
  int file = testfile() ;
  char frame[FRAME_S6_HEADER + 1] ;
  size_t len = raw_frame(dialect, frame, "L", 1, 0) ;
  raw_must_connect(c, "s", dialect) ;
  for (unsigned int i = 0 ; i < LISTED ; i++)
  {
    char id[4] = { 'l', (char)('0' + i / 10), (char)('0' + i % 10), 0 } ;
    raw_must_store(c, id, file) ;
  }
  for (unsigned int waited = 0 ; waited < WAITS ; )
    if (send(c->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
    {
      test_sleep(1) ;
      waited++ ;
    }
}

static void check (char const *name, char const *const *options, long least, long most)
{
  struct rawclient c ;
  double begun, took ;
  int code ;
  testdaemon_start(&holder, "s", options) ;
  never_read(&c, least > 1000 ? FRAME_S6 : FRAME_NATIVE) ;
  begun = test_seconds() ;
  code = testdaemon_stop_within(&holder, GRACE) ;
  took = test_seconds() - begun ;
  tap_int(code, 0, "H32: %s: it exits 0", name) ;
  timing_least(took, least, "H32: %s: not too early", name) ;
  timing_most(took, most, "H32: %s: in time", name) ;
  tap_diag("%.3f s", took) ;
  raw_close(&c) ;
}

 /* What is under way is finished, and then it ends. */

static void check_finishing (void)
{
  struct rawclient idle, busy ;
  char body[WIRE_REQUEST_MAX], frame[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  size_t len ;
  testdaemon_start(&holder, "s", 0) ;
  raw_must_connect(&idle, "s", FRAME_S6) ;
  raw_must_connect(&busy, "s", FRAME_NATIVE) ;
  if (raw_list(&idle)) tap_bail("list") ;
  len = raw_frame(FRAME_NATIVE, frame, body, wire_pack_delete(body, "none", 4), 0) ;
  raw_send(busy.fd, frame, 5, 0, 0) ;
  raw_wait_until_read(busy.fd) ;
  testdaemon_terminate(&holder) ;
  tap_ok(raw_isclosed(&idle), "H32: an idle connection is closed") ;
  raw_send(busy.fd, frame + 5, len - 5, 0, 0) ;
  tap_error(raw_answer(&busy), ENOENT, "H32: a half-sent request may be finished, and is answered") ;
  tap_ok(raw_isclosed(&busy), "H32: then it is closed") ;
  tap_int(testdaemon_stop_within(&holder, GRACE), 0, "H32: and the daemon exits 0") ;
  raw_close(&idle) ;
  raw_close(&busy) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  check_finishing() ;
  check("-T 500", (char const *const []){ "-v", "0", "-t", "0", "-T", "500", "-n", "200", 0 }, 300, 2000) ;
  check("by default", (char const *const []){ "-v", "0", "-t", "0", "-n", "200", 0 }, 8000, 13000) ;
  return tap_done() ;
}
