/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/waiting.h"
#include "libdaemon/clock.h"

void waiting_deadline (tain *deadline, unsigned int ms)
{
  tain span ;
  if (!tain_now_set_stopwatch_g()) strerr_diefusys(EXITCODE_SYSTEM, "read the clock") ;
  clock_timeout(&span, ms) ;
  tain_add_g(deadline, &span) ;
}

 /* The child has our memory until it executes, so errno comes back. What the C library
    has for it asks about each signal, twice. */

static pid_t execute (char const *path, char const *const *argv)
{
  extern char **environ ;
  int volatile failed = 0 ;
  pid_t pid = vfork() ;
  if (!pid)
  {
    execve(path, (char *const *)argv, environ) ;
    failed = errno ;
    _exit(EXITCODE_NOPROGRAM) ;
  }
  if (pid < 0) return 0 ;
  if (!failed) return pid ;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) ;
  return (errno = failed, 0) ;
}

pid_t waiting_spawn (char const *const *argv)
{
  stralloc path = STRALLOC_ZERO ;
  pid_t pid = chain_find(&path, argv[0]) ? execute(path.s, argv) : 0 ;
  int e = errno ;
  stralloc_free(&path) ;
  return (errno = e, pid) ;
}

void waiting_room (struct rlimit *was, unsigned int more)
{
  struct rlimit r ;
  if (getrlimit(RLIMIT_NOFILE, was) == -1) strerr_diefusys(EXITCODE_SYSTEM, "read the limit on open files") ;
  r = *was ;
  r.rlim_cur = more < r.rlim_max - r.rlim_cur ? r.rlim_cur + more : r.rlim_max ;
  setrlimit(RLIMIT_NOFILE, &r) ;
}

pid_t waiting_spawn_limited (char const *const *argv, struct rlimit const *was)
{
  struct rlimit now ;
  pid_t pid ;
  int e ;
  if (getrlimit(RLIMIT_NOFILE, &now) == -1 || setrlimit(RLIMIT_NOFILE, was) == -1) return 0 ;
  pid = waiting_spawn(argv) ;
  e = errno ;
  setrlimit(RLIMIT_NOFILE, &now) ;
  return (errno = e, pid) ;
}
