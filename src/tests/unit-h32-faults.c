/* ISC license. */

/* H22 and H32 together: SIGTERM comes while one call or the other fails, with
   a client in the middle of an exchange. The daemon ends with 0, and not
   before that client has had its answer. */

#include <string.h>
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/faults.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { CALLS_MAX = 60, PATIENCE_MILLISECONDS = 8000 } ;

static struct faults *faults ;

 /* Half a request, SIGTERM, the other half. */

static char const *end_with (enum fault_function function, unsigned int k)
{
  static char const half[] = "\0\0\0\5R\0" ;
  static char const rest[] = "\1x" ;
  struct testdaemon d ;
  struct rawclient c ;
  int file = testfile() ;
  int r, code ;
  testdaemon_start(&d, "s", 0) ;
  if (!raw_connect(&c, d.path, -1, FRAME_NATIVE) || raw_store(&c, "x", 0, file)) tap_bail("store") ;
  raw_send(c.fd, half, sizeof(half) - 1, 0, 0) ;
  faults_arm(faults, function, k, k + 1, 0) ;
  kill(d.pid, SIGTERM) ;
  test_sleep(1) ;
  raw_send(c.fd, rest, sizeof(rest), 0, 0) ;
  r = raw_answer(&c) ;
  raw_drop_fds(&c) ;
  code = testdaemon_stop_within(&d, PATIENCE_MILLISECONDS) ;
  faults_disarm(faults) ;
  raw_close(&c) ;
  close(file) ;
  if (code) return "it has not ended properly" ;
  return r && !faults->failed ? "the answer has not come" : 0 ;
}

static void until_none (enum fault_function function)
{
  unsigned int k = 0 ;
  char const *problem ;
  do
  {
    problem = end_with(function, ++k) ;
    if (problem) tap_diag("call %u: %s", k, problem) ;
  }
  while (!problem && faults->failed && k < CALLS_MAX) ;
  tap_ok(!problem, "%s, %u calls", fault_names[function], k - 1) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  faults = preloaded_begin() ;
  for (unsigned int f = FAULT_NONE + 1 ; f < FAULT_COUNT ; f++) until_none(f) ;
  return tap_done() ;
}
