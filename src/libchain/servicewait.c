/* ISC license. */

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/servicewait.h"
#include "libchain/waiting.h"
#include "libdaemon/signals.h"
#include "libsupervise/svwatch.h"

enum { FAILED_MAX = EXITCODE_NOTHING - 1 } ;

int servicewait_option (struct servicewait *s, int opt, char const *arg)
{
  switch (opt)
  {
    case 'u' : s->want = WAIT_UP ; return 1 ;
    case 'U' : s->want = WAIT_READY ; return 1 ;
    case 'd' : s->want = WAIT_DOWN ; return 1 ;
    case 'D' : s->want = WAIT_FINISHED ; return 1 ;
    case 'r' : s->want = WAIT_RESTARTED ; return 1 ;
    case 'R' : s->want = WAIT_RESTARTEDREADY ; return 1 ;
    case 't' : return !!uint0_scan(arg, &s->timeout) ;
    default : return 0 ;
  }
}

static void judge (struct servicewait *s, enum svwatch_trouble t)
{
  char const *dir ;
  if (!t) return ;
  dir = s->watch.dirs[s->watch.troubled].path ;
  svwatch_free(&s->watch) ;
  if (t == SVWATCH_UNSUPERVISED) strerr_dief(EXITCODE_UNSUPERVISED, dir, " is not supervised") ;
  if (t == SVWATCH_NEVER) strerr_dief(EXITCODE_SYSTEM, dir, " was never supervised") ;
  if (errno == EBADMSG) strerr_dief(EXITCODE_SYSTEM, "the status of ", dir, " is damaged") ;
  strerr_diefusys(EXITCODE_SYSTEM, "wait for ", dir) ;
}

void servicewait_begin (struct servicewait *s, char const *const *dirs, unsigned int n)
{
  chain_cover_standard() ;
  waiting_deadline(&s->deadline, s->timeout) ;
  if (!svwatch_init(&s->watch, dirs, n, s->want, s->isany, s->ispatient)) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  judge(s, svwatch_look(&s->watch)) ;
  waiting_room(&s->files, wait_verdict(&s->watch.wait) ? 0 : n) ;
  if (wait_verdict(&s->watch.wait)) return ;
  judge(s, svwatch_listen(&s->watch)) ;
}

pid_t servicewait_spawn (struct servicewait *s, char const *const *prog)
{
  pid_t pid ;
  if (!sig_restore(SIGCHLD)) strerr_diefusys(EXITCODE_SYSTEM, "restore SIGCHLD") ;  /* or its end would go unseen */
  pid = waiting_spawn_limited(prog, &s->files) ;
  if (pid) return pid ;
  svwatch_free(&s->watch) ;
  strerr_diefusys(EXITCODE_SYSTEM, "start ", prog[0]) ;
}

 /* It may have ended before its end could be read. What it exits with is its own, but for
    that one: then nothing will happen that could be waited for. */

static int open_signals (void)
{
  static int const list[] = { SIGCHLD } ;
  int fd = signals_init(list, 1) ;
  if (fd < 0) strerr_diefusys(EXITCODE_SYSTEM, "wait for signals") ;
  return fd ;
}

static void ignore (void *data, int sig, pid_t pid)
{
  (void)data ;
  (void)sig ;
  (void)pid ;
}

static void judge_program (struct servicewait *s, int signals, pid_t pid)
{
  int status ;
  signals_take(signals, &ignore, 0) ;
  if (waitpid(pid, &status, WNOHANG) != pid) return ;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != EXITCODE_UNSUPERVISED) return ;
  svwatch_free(&s->watch) ;
  strerr_dief(EXITCODE_UNSUPERVISED, "a service is not supervised") ;
}

static char const *describe (enum wait_want want)
{
  static char const *const texts[] =
  {
    [WAIT_UP] = " is not up",
    [WAIT_READY] = " is not ready",
    [WAIT_DOWN] = " is not down",
    [WAIT_FINISHED] = " is not down and over",
    [WAIT_RESTARTED] = " was not restarted",
    [WAIT_RESTARTEDREADY] = " was not restarted, or is not ready"
  } ;
  return texts[want] ;
}

static int tell_failed (struct servicewait const *s)
{
  for (unsigned int i = 0 ; i < s->watch.wait.n ; i++)
    switch (s->watch.services[i].failure)
    {
      case WAIT_FAILED : strerr_warn(PROG, ": fatal: ", s->watch.dirs[i].path, " has failed for good") ; break ;
      case WAIT_LOST : strerr_warn(PROG, ": fatal: the supervisor of ", s->watch.dirs[i].path, " has gone") ; break ;
      default : break ;
    }
  return s->watch.wait.failed < FAILED_MAX ? (int)s->watch.wait.failed : FAILED_MAX ;
}

static int tell_late (struct servicewait const *s)
{
  for (unsigned int i = 0 ; i < s->watch.wait.n ; i++)
    if (!s->watch.services[i].fits)
      strerr_warn(PROG, ": fatal: timed out: ", s->watch.dirs[i].path, s->watch.dirs[i].isabsent ? " is not supervised" : describe(s->want)) ;
  return EXITCODE_NOTHING ;
}

int servicewait_end (struct servicewait *s, pid_t pid)
{
  enum svwatch_event event = SVWATCH_DECIDED ;
  enum svwatch_trouble t ;
  int signals = -1, r ;
  if (!wait_verdict(&s->watch.wait))
  {
    if (pid)
    {
      signals = open_signals() ;
      judge_program(s, signals, pid) ;
    }
    while (event = svwatch_wait(&s->watch, signals, &s->deadline, &t), event == SVWATCH_OTHER) judge_program(s, signals, pid) ;
    if (event == SVWATCH_TROUBLE) judge(s, t) ;
  }
  r = event == SVWATCH_LATE ? tell_late(s) : wait_verdict(&s->watch.wait) == WAIT_FAILURE ? tell_failed(s) : EXITCODE_OK ;
  svwatch_free(&s->watch) ;
  return r ;
}
