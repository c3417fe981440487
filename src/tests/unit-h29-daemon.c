/* ISC license. */

/* H29 in the daemon: it is not root, and dumps that nobody reads have filled
   what the kernel lets it have in flight. Who is innocent of that waits,
   without the daemon spinning, and is served when a dump has gone. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { HELD = 500, FRAME = 250, UNREAD = 8, WAIT_MILLISECONDS = 300, CPU_MAX = 100, SERVED_MILLISECONDS = 3000 } ;

static void start (struct testdaemon *d)
{
  static char const *const options[] = { "-n", "500", "-c", "16", 0 } ;
  char const *build = getenv("BUILD") ;
  char command[4200] ;
  snprintf(command, sizeof(command), "cp '%s/s6-fdholderd' . && chmod 755 s6-fdholderd", build && *build ? build : ".") ;
  if (system(command)) tap_bail("cp") ;
  setenv("BUILD", ".", 1) ;
  setenv("DAEMON_WRAPPER", "prlimit --nofile=860:860 setpriv --reuid 65533 --regid 65533 --clear-groups", 1) ;
  testdaemon_start(d, "s", options) ;
}

static void fill (struct rawclient *c)
{
  static char names[HELD][8] ;
  char const *ids[HELD] ;
  int fds[HELD] ;
  int file = testfile() ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    snprintf(names[i], sizeof(names[i]), "%u", i) ;
    ids[i] = names[i] ;
    fds[i] = file ;
  }
  if (raw_setdump(c, HELD)) tap_bail("setdump") ;
  raw_dumpframe(c, ids, fds, FRAME) ;
  tap_ok(!raw_dumpframe(c, ids + FRAME, fds + FRAME, HELD - FRAME), "the daemon holds %u", HELD) ;
  close(file) ;
}

static int has_answer (struct rawclient const *c, int milliseconds)
{
  struct pollfd x = { .fd = c->fd, .events = POLLIN } ;
  return poll(&x, 1, milliseconds) > 0 ;
}

int main (void)
{
  static char const retrieve[] = "R\0\1" "7" ;
  struct rawclient greedy[UNREAD], innocent ;
  struct testdaemon d ;
  long cpu ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to start the daemon as somebody else") ;
  if (testdaemon_isslow()) tap_skip_all("its daemon runs under another wrapper") ;
  preloaded_need("setpriv") ;
  preloaded_need("prlimit") ;
  start(&d) ;
  if (!raw_connect(&innocent, d.path, TEST_UID_OTHER, FRAME_NATIVE)) tap_bail("connect") ;
  fill(&innocent) ;
  for (unsigned int i = 0 ; i < UNREAD ; i++)
    if (!raw_connect(greedy + i, d.path, -1, FRAME_S6) || !raw_put(greedy + i, "?", 1, 0, 0)) tap_bail("connect") ;
  has_answer(greedy + UNREAD - 1, WAIT_MILLISECONDS) ;
  cpu = preloaded_cpu(&d) ;
  raw_put(&innocent, retrieve, sizeof(retrieve), 0, 0) ;
  tap_ok(!has_answer(&innocent, WAIT_MILLISECONDS), "the innocent client waits") ;
  cpu = preloaded_cpu(&d) - cpu ;
  if (!tap_ok(cpu <= CPU_MAX, "the daemon does not spin")) tap_diag("%ld ms of processor time", cpu) ;
  for (unsigned int i = 0 ; i < UNREAD ; i++) raw_close(greedy + i) ;
  tap_ok(has_answer(&innocent, SERVED_MILLISECONDS) && !raw_answer(&innocent) && innocent.nfds == 1, "and is served") ;
  raw_drop_fds(&innocent) ;
  tap_ok(!raw_list(&innocent) && raw_list_count(&innocent) == HELD, "nothing is lost") ;
  raw_close(&innocent) ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
