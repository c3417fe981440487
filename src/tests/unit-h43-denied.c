/* ISC license. */

/* H42, H43: who may not even connect sends pipes whose lock is held for ever,
   so that no close of a connection with one of them unread returns, and then
   connects again and again, with something unread each time: nobody else
   waits, and the daemon's numbers are its own. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "libfdholderd/budget.h"
#include "support/lockedpipe.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum
{
  DENIED = 65531,
  LIMIT = 1024,  /* on open files */
  CONNECTIONS = LIMIT + 300,
  AT_ONCE = 16,
  FEW = 30 + BUDGET_SPARE
} ;

static struct testdaemon holder ;

static void send_one (int const *fds, unsigned int nfds)
{
  int fd = raw_socket("s", DENIED) ;
  if (fd < 0 || raw_send(fd, "x", 1, fds, nfds) != 1) tap_bail("send") ;
  close(fd) ;
}

static int serve (struct rawclient *c, int file)
{
  struct rawclient newcomer ;
  int e = raw_round(c, "x", file) ;
  if (e) return e ;
  e = raw_connect(&newcomer, "s", (uid_t)-1, FRAME_NATIVE) ? raw_list(&newcomer) : RAW_CLOSED ;
  raw_close(&newcomer) ;
  return e ;
}

 /* What is sent before the connection is accepted is there when it is closed. */

static void attack (struct rawclient *c, int file, int const *fds, unsigned int nfds, char const *name)
{
  double worst = 0 ;
  int e = 0 ;
  for (unsigned int i = 0 ; i < CONNECTIONS && worst < 1 && !e ; i += AT_ONCE)
  {
    double took ;
    kill(holder.pid, SIGSTOP) ;
    for (unsigned int k = 0 ; k < AT_ONCE ; k++) send_one(fds, nfds) ;
    kill(holder.pid, SIGCONT) ;
    took = test_seconds() ;
    e = serve(c, file) ;
    took = test_seconds() - took ;
    if (took > worst) worst = took ;
  }
  tap_error(e, 0, "H42: %s: everybody else is served", name) ;
  timing_most(worst, 1000, "H42: %s: within a second", name) ;
  tap_most(testdaemon_count_fds(&holder), FEW - 1, "H43: %s: and no numbers are taken", name) ;
  tap_diag("worst %.3f s", worst) ;
}

int main (void)
{
  struct rawclient c ;
  char limit[32] ;
  int file, reader ;
  testdaemon_need_closers() ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to act as several users") ;
  preloaded_need("prlimit") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/0") ;
  testdaemon_deny("uid/65531") ;
  snprintf(limit, sizeof(limit), "prlimit --nofile=%d:%d", LIMIT, LIMIT) ;
  setenv("DAEMON_WRAPPER", limit, 1) ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-T", "500", 0 }) ;
  if (!lockedpipe_begin(&reader, 1))
  {
    tap_ok(1, "H43: a pipe whose lock is held # SKIP no page can be kept away here") ;
    testdaemon_finish(&holder) ;
    return tap_done() ;
  }
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  kill(holder.pid, SIGSTOP) ;
  send_one(&reader, 1) ;
  kill(holder.pid, SIGCONT) ;
  close(reader) ;
  attack(&c, file, 0, 0, "bytes behind a pipe whose lock is held") ;
  attack(&c, file, &file, 1, "descriptors behind it") ;
  raw_close(&c) ;
  tap_int(testdaemon_stop_within(&holder, 1500), 0, "H43: SIGTERM ends the holder within -T and a second") ;
  lockedpipe_end() ;
  return tap_done() ;
}
