/* ISC license. */

/* What happens to the holder of the model. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "keeping.h"
#include "model.h"
#include "preloaded.h"
#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"
#include "upgrading.h"

static pid_t keeper ;  /* 0: there is none */
static struct testdaemon worker ;

static void look_at_worker (pid_t pid)
{
  if (worker.pidfd > 0) close(worker.pidfd) ;
  worker.pid = pid ;
  worker.pidfd = (int)syscall(SYS_pidfd_open, pid, 0) ;
}

void model_begin_disturbed (struct testdaemon *d, enum model_disturbance disturbance, char const *maxfds)
{
  preloaded_log_to("log") ;
  if (disturbance == MODEL_KILLS)
  {
    keeper = keeping_start_with(maxfds) ;
    worker.path = "s" ;
    look_at_worker(keeping_await_worker(0)) ;
    *d = worker ;
  }
  else testdaemon_start(d, "s", (char const *const []){ "-v", "2", "-t", "0", "-n", maxfds, 0 }) ;
}

 /* An upgrade ends what is in the middle of something, after a second: the model waits instead. */

static int is_quiet (struct model const *m)
{
  for (unsigned int i = 0 ; i < MODEL_CLIENTS ; i++)
  {
    struct model_client const *c = m->clients + i ;
    if (c->isopen && (c->ishalf || c->total || c->taking != MODEL_NOTHING)) return 0 ;
  }
  return 1 ;
}

 /* What it has open beside what the model knows may be another number, but graves do not count. */

static unsigned int count_known (struct model *m)
{
  char const *wrong = m->graves ? model_await_graves(m) : 0 ;
  if (wrong) tap_bail(wrong) ;
  return testdaemon_count_fds(m->daemon) - m->baseline ;
}

static void upgrade (struct model *m)
{
  unsigned int known = count_known(m) ;
  unsigned int n = upgrading_count(UPGRADING_DONE), both = 1 + !!keeper ;
  kill(keeper ? keeper : m->daemon->pid, SIGUSR1) ;
  if (!upgrading_await(UPGRADING_DONE, n + both)) tap_bail("no upgrade") ;
  model_synchronize(m) ;
  m->baseline = testdaemon_count_fds(m->daemon) - known ;
}

static void connect_checkers (struct model *m)
{
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    raw_close(m->checkers + i) ;
    while (!raw_connect(m->checkers + i, m->daemon->path, (uid_t)-1, i ? FRAME_S6 : FRAME_NATIVE)) test_sleep(1) ;
  }
  model_synchronize(m) ;
}

 /* Who takes something by the s6 dialect acknowledges nothing, so the keeper is told
    when his answer has left: not at the same time. When another one has been
    answered, it has been. */

static void kill_worker (struct model *m)
{
  model_synchronize(m) ;
  kill(worker.pid, SIGKILL) ;
  for (int i = 0 ; i < MODEL_CLIENTS ; i++) if (m->clients[i].isopen) model_disconnect(m, i) ;
  look_at_worker(keeping_await_worker(worker.pid)) ;
  *m->daemon = worker ;
  connect_checkers(m) ;
  m->baseline = testdaemon_count_fds(m->daemon) - model_count(m) ;
}

static void kill_keeper (struct model *m)
{
  unsigned int known = count_known(m) ;
  kill(keeper, SIGKILL) ;
  waitpid(keeper, 0, 0) ;
  keeper = keeping_start() ;
  model_synchronize(m) ;
  m->baseline = testdaemon_count_fds(m->daemon) - known ;
}

char const *model_disturb (struct model *m, enum model_disturbance disturbance)
{
  switch (disturbance == MODEL_KILLS ? model_random(m, 3) : 0)
  {
    case 0 :
      if (!is_quiet(m)) return 0 ;
      upgrade(m) ;
      return "an upgrade" ;
    case 1 :
      kill_worker(m) ;
      return "the worker is killed" ;
    default :
      kill_keeper(m) ;
      return "the keeper is killed" ;
  }
}

void model_end_disturbed (struct model *m)
{
  if (!keeper)
  {
    testdaemon_finish(m->daemon) ;
    return ;
  }
  kill(keeper, SIGTERM) ;
  tap_ok(waitpid(keeper, 0, 0) == keeper, "the keeper ends") ;
  tap_int(keeping_worker(), 0, "with its worker") ;
}
