/* ISC license. */

#include <signal.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "libdaemon/likewise.h"

enum { KILLED = 128 } ;

 /* Nothing is pending that could be first: what is unblocked is that signal alone. Where
    cores go to a program, Linux does not heed their limit. */

void likewise_end (int status)
{
  struct rlimit const none = { .rlim_cur = 0, .rlim_max = 0 } ;
  struct sigaction const plain = { .sa_handler = SIG_DFL } ;
  sigset_t set ;
  int sig ;
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status)) ;
  sig = WTERMSIG(status) ;
  setrlimit(RLIMIT_CORE, &none) ;
#ifdef PR_SET_DUMPABLE
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ;
#endif
  sigaction(sig, &plain, 0) ;
  sigemptyset(&set) ;
  sigaddset(&set, sig) ;
  kill(getpid(), sig) ;
  sigprocmask(SIG_UNBLOCK, &set, 0) ;
  _exit(KILLED + sig) ;
}
