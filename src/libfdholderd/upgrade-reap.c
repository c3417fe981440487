/* ISC license. */

 /* Children: those of the image before are known to nobody else. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <sys/wait.h>

#include "libdaemon/closer.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/upgrade-internal.h"

static int is_helper (void *data, pid_t pid, int isburier)
{
  (void)isburier ;
  return *(pid_t *)data != pid ;
}

static void reap_trial (struct upgrade *u)
{
  if (!u->trial || !waitpid(u->trial, 0, WNOHANG)) return ;
  u->trial = 0 ;
  upgrade_end_of_trial(u) ;
}

static int is_inspector (void *data, pid_t pid)
{
  return *(pid_t *)data != pid ;
}

static int is_known (struct upgrade const *u, pid_t pid)
{
  struct holder const *h = u->holder ;
  return pid == u->trial || !closer_each_process(&h->closer, &is_helper, &pid) || !inspect_each_process(&h->inspect, &is_inspector, &pid) ;
}

void upgrade_reap (struct upgrade *u)
{
  siginfo_t info = { .si_pid = 0 } ;
  reap_trial(u) ;
  while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid)
  {
    pid_t pid = info.si_pid ;
    info.si_pid = 0 ;
    if (u->hooks && u->hooks->reap && (*u->hooks->reap)(u->data, pid)) continue ;
    if (!is_known(u, pid)) waitpid(pid, 0, WNOHANG) ;
    else
    {
      reap_trial(u) ;
      closer_reap(&u->holder->closer) ;
      inspect_reap(&u->holder->inspect) ;
    }
  }
}
