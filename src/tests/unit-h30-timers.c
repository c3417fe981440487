/* ISC license. */

/* H30: timers run every turn. A limit of 1 s is gone at 1.1 s under full load. */

#include <signal.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LOADERS = 3, BATCH = 40, LIMIT_MILLISECONDS = 1000, SLACK_MILLISECONDS = 100, SLOW_MILLISECONDS = 2000 } ;

static struct testdaemon holder ;

 /* Requests in batches, so that the daemon always has the next one. */

static void load (enum frame_dialect dialect)
{
  char body[WIRE_REQUEST_MAX] ;
  struct rawclient c ;
  size_t len = wire_pack_retrieve(body, 0, "y", 1) ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  if (!raw_connect(&c, "s", (uid_t)-1, dialect)) _exit(1) ;
  for (;;)
  {
    for (unsigned int i = 0 ; i < BATCH ; i++) raw_put(&c, body, len, 0, 0) ;
    for (unsigned int i = 0 ; i < BATCH ; i++)
    {
      if (raw_answer(&c)) _exit(1) ;
      raw_drop_fds(&c) ;
    }
  }
}

int main (void)
{
  struct rawclient c ;
  pid_t loaders[LOADERS] ;
  int x = testfile(), y = testfile() ;
  double begun ;
  tain limit ;
  testdaemon_begin(&holder, 0) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, "y", y) ;
  for (unsigned int i = 0 ; i < LOADERS ; i++)
  {
    loaders[i] = fork() ;
    if (loaders[i] == -1) tap_bail("fork") ;
    if (!loaders[i]) load(i & 1 ? FRAME_S6 : FRAME_NATIVE) ;
  }
  begun = test_seconds() ;
  raw_limit(&limit, LIMIT_MILLISECONDS) ;
  if (raw_store(&c, "x", &limit, x)) tap_bail("store") ;
  test_sleep(LIMIT_MILLISECONDS / 2) ;
  tap_ok(raw_holds(&c, "x") || testdaemon_isslow(), "H30: it is there before its limit") ;
  while (test_seconds() - begun < (LIMIT_MILLISECONDS + (testdaemon_isslow() ? SLOW_MILLISECONDS : SLACK_MILLISECONDS)) / 1000.0) test_sleep(1) ;
  tap_ok(!testdaemon_count_file(&holder, x), "H30: and closed 0.1 s after it, without a request for it") ;
  tap_ok(!raw_holds(&c, "x"), "H30: and gone") ;
  for (unsigned int i = 0 ; i < LOADERS ; i++)
  {
    tap_ok(!waitpid(loaders[i], 0, WNOHANG), "H30: load %u was there all the time", i) ;
    kill(loaders[i], SIGKILL) ;
    waitpid(loaders[i], 0, 0) ;
  }
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
