/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/wait.h>

#include "libdaemon/signals.h"
#include "libsupervise/launch.h"

 /* In the child, which has the parent's memory, and a table of descriptors of its own. */

static int is_target (struct launch const *l, int fd)
{
  for (unsigned int i = 0 ; i < l->n ; i++) if (l->moves[i].to == fd) return 1 ;
  return 0 ;
}

static int highest_target (struct launch const *l)
{
  int highest = 0 ;
  for (unsigned int i = 0 ; i < l->n ; i++) if (l->moves[i].to > highest) highest = l->moves[i].to ;
  return highest ;
}

 /* One that stands where another one is to be goes out of the way first. */

static int move (struct launch const *l)
{
  int from[LAUNCH_MOVES_MAX] ;
  for (unsigned int i = 0 ; i < l->n ; i++)
  {
    from[i] = l->moves[i].from ;
    if (!is_target(l, from[i])) continue ;
    from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, highest_target(l) + 1) ;
    if (from[i] < 0) return 0 ;
  }
  for (unsigned int i = 0 ; i < l->n ; i++)
    if (dup2(from[i], l->moves[i].to) == -1) return 0 ;
  return 1 ;
}

static void execute (struct launch const *l)
{
  if (!move(l)) return ;
  if (l->issession && setsid() == -1) return ;
  signals_release() ;
  execve(l->path, (char *const *)l->argv, (char *const *)l->envp) ;
}

pid_t launch (struct launch const *l)
{
  int volatile failed = 0 ;
  pid_t pid ;
  signals_hold() ;
  pid = vfork() ;
  if (!pid)
  {
    execute(l) ;
    failed = errno ;
    _exit(127) ;
  }
  signals_unhold() ;
  if (pid < 0) return 0 ;
  if (!failed) return pid ;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) ;
  return (errno = failed, -1) ;
}
