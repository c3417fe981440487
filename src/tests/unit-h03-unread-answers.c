/* ISC license. */

/* H3: a client that reads no answer and goes on asking keeps no more
   descriptors open in the daemon than the budget has: what it has stored,
   retrieved and deleted does not pile up behind a full socket until nobody
   can connect. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/resource.h>

#include "libfdholderd/budget.h"
#include "libfdholderd/flight.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum
{
  CONNECTIONS = 4,
  HELD = 4,
  NEED = BUDGET_BASE + BUDGET_TRANSIENT + BUDGET_CLOSING + BUDGET_UNREAD + HELD + BUDGET_PER_CONNECTION * CONNECTIONS,
  MOST_LOOKS = 500,
  ROUNDS = 800,
  LOOK_EACH = 16  /* to look takes long, and who reads nothing is closed after ten seconds */
} ;

static struct testdaemon holder ;

 /* Store, retrieve, delete: one message with one descriptor. */

static size_t make_round (char *s, enum frame_dialect dialect)
{
  char body[WIRE_REQUEST_MAX] ;
  size_t len ;
  tain never ;
  raw_never(&never) ;
  len = raw_frame(dialect, s, body, wire_pack_store(body, &never, "x", 1), 1) ;
  len += raw_frame(dialect, s + len, body, wire_pack_retrieve(body, 0, "x", 1), 0) ;
  return len + raw_frame(dialect, s + len, body, wire_pack_delete(body, "x", 1), 0) ;
}

static void ask_and_never_read (struct rawclient *c, struct rawclient *control, enum frame_dialect dialect)
{
  char s[3 * (WIRE_REQUEST_MAX + FRAME_S6_HEADER)] ;
  size_t len = make_round(s, dialect) ;
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK) == -1) tap_bail("fcntl") ;
  for (unsigned int i = 0 ; i < ROUNDS && (i % LOOK_EACH || testdaemon_count_fds(&holder) < NEED - 1) ; i++)
  {
    int fd = testfile() ;
    raw_send(c->fd, s, len, &fd, 1) ;
    close(fd) ;
    if (raw_list(control)) tap_bail("list") ;
  }
}

static void check_connects (struct rawclient *c, char const *name, char const *which)
{
  tap_ok(raw_connect(c, "s", (uid_t)-1, FRAME_NATIVE), "H3: %s: behind a client that reads no answer there is room for %s", name, which) ;
  tap_error(raw_list(c), 0, "H3: %s: which is served", name) ;
}

static void check (enum frame_dialect dialect, char const *name)
{
  struct rawclient c, control, one, two ;
  int error = ENFILE ;
  raw_must_connect(&c, "s", dialect) ;
  raw_must_connect(&control, "s", FRAME_S6) ;
  ask_and_never_read(&c, &control, dialect) ;
  tap_diag("%u open, %d needed", testdaemon_count_fds(&holder), NEED) ;
  check_connects(&one, name, "one") ;
  check_connects(&two, name, "another") ;
  tap_error(raw_store(&two, "y", 0, 0), ENFILE, "H3: %s: and there is none for another descriptor", name) ;
  raw_close(&c) ;
  for (unsigned int i = 0 ; i < MOST_LOOKS && (error = raw_store(&two, "y", 0, 0)) == ENFILE ; i++) test_sleep(10) ;
  tap_error(error, 0, "H3: %s: until it is gone", name) ;
  tap_error(raw_delete(&two, "y"), 0, "H3: %s: it is stored then", name) ;
  raw_close(&one) ;
  raw_close(&two) ;
  raw_close(&control) ;
}

int main (void)
{
  struct rlimit limit = { .rlim_cur = NEED, .rlim_max = NEED } ;
  if (testdaemon_isslow()) tap_skip_all("the wrapper has descriptors of its own") ;
  if (flight_bound()) tap_skip_all("here the kernel bounds what is unread, and so does the daemon: unit-h29-*") ;
  if (setrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("setrlimit") ;
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-c", "4", "-n", "4", 0 }) ;
  check(FRAME_NATIVE, "native") ;
  check(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
