/* ISC license. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "libdaemon/closer.h"
#include "libfdholderd/upgrade-internal.h"

struct trial
{
  char const *const *argv ;
  int state ;
  int answer ;
} ;

 /* In the other process. It does not outlive us. */

static int run (void *data)
{
  struct trial const *t = data ;
  struct upgrade_words words = UPGRADE_WORDS_ZERO ;
  sigset_t none ;
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ;
#endif
  sigemptyset(&none) ;
  sigprocmask(SIG_SETMASK, &none, 0) ;
  if (dup2(t->answer, 1) == -1 || uncoe(t->state) == -1) _exit(1) ;
  words.fd = t->state ;
  words.istrial = 1 ;
  upgrade_execute(t->argv, &words) ;
  strerr_warnwusys("execute itself") ;
  _exit(1) ;
}

pid_t upgrade_begin_trial (struct upgrade *u, int statefd, int answerfd)
{
  struct trial t = { .argv = u->argv, .state = statefd, .answer = answerfd } ;
  return closer_apart(UPGRADE_FLOOR, &run, &t) ;
}
