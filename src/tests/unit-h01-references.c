/* ISC license. */

/* H1: a descriptor that waits in an output queue or in a half-received message
   holds a reference, so its number cannot become another file meanwhile. */

#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { QUEUED = 1000 } ;  /* more answers than a socket buffer takes */

static struct testdaemon holder ;

static void ask_retrieve (struct rawclient const *c, char const *id)
{
  char body[WIRE_REQUEST_MAX] ;
  if (!raw_put(c, body, wire_pack_retrieve(body, 0, id, 1), 0, 0)) tap_bail("send") ;
}

static unsigned int count_answers (struct rawclient *c, unsigned int n, int file)
{
  unsigned int good = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    if (!raw_answer(c) && c->nfds == 1 && testfile_same(c->fds[0], file)) good++ ;
    raw_drop_fds(c) ;
  }
  return good ;
}

static void check_queue (enum frame_dialect dialect, char const *name)
{
  struct rawclient first, second, third ;
  int x = testfile(), y = testfile(), z = testfile() ;
  raw_must_connect(&first, "s", dialect) ;
  raw_must_connect(&second, "s", dialect) ;
  raw_must_store(&second, "x", x) ;
  raw_must_store(&second, "y", y) ;
  for (unsigned int i = 0 ; i < QUEUED ; i++) ask_retrieve(&first, "x") ;
  ask_retrieve(&first, "y") ;
  raw_wait_until_read(first.fd) ;
  tap_error(raw_delete(&second, "y"), 0, "H1: %s: an id is deleted while answers wait", name) ;
  tap_error(raw_delete(&second, "x"), 0, "H1: %s: and the other one", name) ;
  raw_must_connect(&third, "s", dialect) ;
  raw_must_store(&third, "y", z) ;
  raw_must_store(&third, "x", z) ;
  tap_int(testdaemon_settled_file(&holder, y, 1), 1, "H1: %s: the file that waits is still open", name) ;
  tap_int(count_answers(&first, QUEUED, x), QUEUED, "H1: %s: all get the file they asked for", name) ;
  tap_int(count_answers(&first, 1, y), 1, "H1: %s: also the last one", name) ;
  tap_error(raw_list(&first), 0, "H1: %s: the connection is good", name) ;
  tap_int(testdaemon_settled_file(&holder, x, 0), 0, "H1: %s: then the one file is closed", name) ;
  tap_int(testdaemon_settled_file(&holder, y, 0), 0, "H1: %s: and the other", name) ;
  tap_error(raw_delete(&third, "x"), 0, "H1: %s: what was stored meanwhile is there", name) ;
  tap_error(raw_delete(&third, "y"), 0, "H1: %s: under both ids", name) ;
  raw_close(&first) ;
  raw_close(&second) ;
  raw_close(&third) ;
}

static void check_half (enum frame_dialect dialect, char const *name)
{
  struct rawclient first, second ;
  char body[WIRE_REQUEST_MAX], frame[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  tain never ;
  size_t len ;
  int x = testfile(), y = testfile() ;
  raw_must_connect(&first, "s", dialect) ;
  raw_must_connect(&second, "s", dialect) ;
  raw_never(&never) ;
  len = raw_frame(dialect, frame, body, wire_pack_store(body, &never, "x", 1), 1) ;
  raw_send(first.fd, frame, 9, &x, 1) ;
  raw_must_store(&second, "y", y) ;
  tap_error(raw_delete(&second, "y"), 0, "H1: %s: others come and go during half a message", name) ;
  raw_send(first.fd, frame + 9, len - 9, 0, 0) ;
  tap_error(raw_answer(&first), 0, "H1: %s: its other half is understood", name) ;
  raw_point_retrieve(&second, 0, "x", x, "H1: %s: what came with the first half", name) ;
  raw_delete(&second, "x") ;
  raw_close(&first) ;
  raw_close(&second) ;
}

int main (void)
{
  testdaemon_begin(&holder, 0) ;
  check_queue(FRAME_NATIVE, "native") ;
  check_queue(FRAME_S6, "s6") ;
  check_half(FRAME_NATIVE, "native") ;
  check_half(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
