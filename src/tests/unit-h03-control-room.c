/* ISC license. */

/* H3: who has only the right to connect cannot exhaust the daemon's
   descriptors, whatever is parked in unfinished messages: under the exact
   limit, all that may be held is still held. */

#include <errno.h>
#include <unistd.h>
#include <sys/resource.h>

#include "libfdholderd/budget.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { CONNECTIONS = 16, HELD = 50, NEED = BUDGET_BASE + BUDGET_TRANSIENT + BUDGET_CLOSING + BUDGET_UNREAD + HELD + BUDGET_PER_CONNECTION * CONNECTIONS } ;

static struct testdaemon holder ;
static int file ;

 /* The beginning of a store, with so many descriptors. */

static void park (struct rawclient *c, enum frame_dialect dialect, unsigned int n)
{
  char body[WIRE_REQUEST_MAX], frame[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  int fds[RAW_FDS_MAX] ;
  tain never ;
  raw_must_connect(c, "s", dialect) ;
  raw_never(&never) ;
  raw_frame(dialect, frame, body, wire_pack_store(body, &never, "x", 1), n) ;
  for (unsigned int i = 0 ; i < n ; i++) fds[i] = file ;
  raw_send(c->fd, frame, 10, fds, n) ;
}

static void check_refused (enum frame_dialect dialect, char const *name)
{
  static unsigned int const numbers[] = { 2, 3, 100, RAW_FDS_MAX } ;
  for (unsigned int i = 0 ; i < sizeof(numbers) / sizeof(*numbers) ; i++)
  {
    struct rawclient c ;
    park(&c, dialect, numbers[i]) ;
    raw_point_closed(&c, raw_answer(&c), EPROTO, "H3: %s: %u descriptors on the first half of a store are refused at once", name, numbers[i]) ;
    raw_close(&c) ;
  }
}

static unsigned int store_all (struct rawclient *c)
{
  unsigned int stored = 0 ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    char id[3] = { (char)('A' + i / 10), (char)('0' + i % 10), 0 } ;
    if (!raw_store(c, id, 0, file)) stored++ ;
  }
  return stored ;
}

int main (void)
{
  struct rawclient parked[CONNECTIONS - 1] ;
  struct rawclient c ;
  struct rlimit limit = { .rlim_cur = NEED, .rlim_max = NEED } ;
  if (testdaemon_isslow()) tap_skip_all("the wrapper has descriptors of its own") ;
  if (setrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("setrlimit") ;
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-c", "16", "-n", "50", 0 }) ;
  file = testfile() ;
  check_refused(FRAME_NATIVE, "native") ;
  check_refused(FRAME_S6, "s6") ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  if (raw_list(&c)) tap_bail("list") ;
  for (unsigned int i = 0 ; i < CONNECTIONS - 1 ; i++) park(parked + i, i & 1 ? FRAME_S6 : FRAME_NATIVE, 1) ;
  tap_int(store_all(&c), HELD, "H3: with a descriptor parked in every other connection, all %d are stored", HELD) ;
  tap_error(raw_store(&c, "z", 0, file), ENFILE, "H3: and one more is refused") ;
  tap_most(testdaemon_count_fds(&holder), NEED, "H3: the daemon has at most its need open") ;
  for (unsigned int i = 0 ; i < CONNECTIONS - 1 ; i++) raw_close(parked + i) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
