/* ISC license. */

#include <errno.h>
#include <spawn.h>
#include <unistd.h>

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
