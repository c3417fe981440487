/* ISC license. */

#include <errno.h>
#include <spawn.h>
#include <unistd.h>
#include <sys/resource.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "libchain/waiting.h"
#include "libdaemon/clock.h"

void waiting_deadline (tain *deadline, unsigned int ms)
{
  tain span ;
  if (!tain_now_set_stopwatch_g()) strerr_diefusys(EXITCODE_SYSTEM, "read the clock") ;
  clock_timeout(&span, ms) ;
  tain_add_g(deadline, &span) ;
}

pid_t waiting_spawn (char const *const *argv)
{
  extern char **environ ;
  pid_t pid ;
  int e = posix_spawnp(&pid, argv[0], 0, 0, (char *const *)argv, environ) ;
  return e ? (errno = e, 0) : pid ;
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
