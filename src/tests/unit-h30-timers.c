/* ISC license. */

/* H30: timers run every turn. A limit of 1 s is gone at 1.1 s under full load. */

#include <signal.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LOADERS = 2, ATTEMPTS = 4, LIMIT_MILLISECONDS = 1000, SLACK_MILLISECONDS = 100, SLOW_MILLISECONDS = 2000 } ;

static struct testdaemon holder ;
static struct rawclient c ;
static int file ;

 /* One process writes requests and never waits for an answer, another one
    reads the answers: the daemon always has the next request. */

static pid_t load (struct rawclient *loader, int iswriter)
{
  char body[WIRE_REQUEST_MAX] ;
  char answers[4096] ;
  size_t len = wire_pack_delete(body, "none", 4) ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  if (iswriter) while (raw_put(loader, body, len, 0, 0)) ;
  else while (read(loader->fd, answers, sizeof(answers)) > 0) ;
  _exit(1) ;
}

 /* At one point of time before the limit, and at one after it. */

static int attempt (int *wasthere, int *isclosed)
{
  double slack = testdaemon_isslow() ? SLOW_MILLISECONDS : SLACK_MILLISECONDS ;
  double begun = test_seconds() ;
  tain limit ;
  raw_limit(&limit, LIMIT_MILLISECONDS) ;
  if (raw_store(&c, "x", &limit, file)) tap_bail("store") ;
  test_sleep(LIMIT_MILLISECONDS / 2) ;
  *wasthere = raw_holds(&c, "x") || testdaemon_isslow() ;
  while (test_seconds() - begun < (LIMIT_MILLISECONDS + slack) / 1000) test_sleep(1) ;
  *isclosed = !testdaemon_count_file(&holder, file) ;
  return *wasthere && *isclosed ;
}

 /* The limit passes while the daemon is stopped: its first turn has both an
    expired entry and a request, and must see to the entry first. */

static void check_first_turn (void)
{
  tain limit ;
  raw_limit(&limit, LIMIT_MILLISECONDS / 2) ;
  if (raw_store(&c, "x", &limit, file)) tap_bail("store") ;
  kill(holder.pid, SIGSTOP) ;
  test_sleep(LIMIT_MILLISECONDS) ;
  if (!raw_put(&c, "L", 1, 0, 0)) tap_bail("send") ;
  kill(holder.pid, SIGCONT) ;
  if (tap_error(raw_answer(&c), 0, "H30: a list is answered after it"))
    tap_ok(!raw_listed(&c, "x"), "H30: a turn with requests to answer sees to timers first") ;
}

int main (void)
{
  struct rawclient loaders[LOADERS] ;
  pid_t pids[2 * LOADERS] ;
  int wasthere, isclosed ;
  testdaemon_begin(&holder, 0) ;
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  check_first_turn() ;
  for (unsigned int i = 0 ; i < LOADERS ; i++)
  {
    raw_must_connect(loaders + i, "s", i & 1 ? FRAME_S6 : FRAME_NATIVE) ;
    pids[2 * i] = load(loaders + i, 0) ;
    pids[2 * i + 1] = load(loaders + i, 1) ;
  }
  for (unsigned int i = 0 ; i < ATTEMPTS && !attempt(&wasthere, &isclosed) ; i++)
    while (raw_holds(&c, "x")) test_sleep(1) ;  /* the machine itself may have been late */
  tap_ok(wasthere, "H30: it is there before its limit") ;
  tap_ok(isclosed, "H30: and closed 0.1 s after it, without a request for it") ;
  tap_ok(!raw_holds(&c, "x"), "H30: and gone") ;
  for (unsigned int i = 0 ; i < 2 * LOADERS ; i++)
  {
    tap_ok(!waitpid(pids[i], 0, WNOHANG), "H30: load %u was there all the time", i) ;
    kill(pids[i], SIGKILL) ;
    waitpid(pids[i], 0, 0) ;
  }
  for (unsigned int i = 0 ; i < LOADERS ; i++) raw_close(loaders + i) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
