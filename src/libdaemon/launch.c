/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#ifdef SYS_clone3
#include <linux/sched.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libdaemon/signals.h"
#include "libdaemon/launch.h"

static int is_target (struct launch const *l, int fd)
{
  for (unsigned int i = 0 ; i < l->n ; i++) if (l->moves[i].to == fd) return 1 ;
  return 0 ;
}

 /* One that stands where another one is to be: it gets another number. What it had on the
    way is to be overwritten, too. */

static int out_of_the_way (struct launch const *l, int fd)
{
  int n = fd ;
  while (n >= 0 && is_target(l, n)) n = fcntl(fd, F_DUPFD_CLOEXEC, n + 1) ;
  return n ;
}

static int move (struct launch const *l)
{
  int from[LAUNCH_MOVES_MAX] ;
  for (unsigned int i = 0 ; i < l->n ; i++)
  {
    from[i] = out_of_the_way(l, l->moves[i].from) ;
    if (from[i] < 0) return 0 ;
  }
  for (unsigned int i = 0 ; i < l->n ; i++)
    if (dup2(from[i], l->moves[i].to) == -1) return 0 ;
  return 1 ;
}

 /* In the child, whose table of descriptors is its own. Returns if it fails. */

static void execute (struct launch const *l)
{
  if (l->flags & LAUNCH_SESSION && setsid() == -1) return ;
  if (l->before) (*l->before)(l->data) ;
  if (!move(l)) return ;
  signals_release() ;
  execve(l->path, (char *const *)l->argv, (char *const *)l->envp) ;
}

 /* The child has our memory until it executes: so errno comes back. */

static pid_t launch_here (struct launch const *l)
{
  int volatile failed = 0 ;
  pid_t pid ;
  signals_hold() ;
  pid = vfork() ;
  if (!pid)
  {
    execute(l) ;
    failed = errno ;
    _exit(EXITCODE_NOPROGRAM) ;
  }
  signals_unhold() ;
  if (pid < 0) return 0 ;
  if (!failed) return pid ;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) ;
  return (errno = failed, -1) ;
}

static pid_t make_process (struct launch const *l)
{
  if (!(l->flags & (LAUNCH_NEWPIDNS | LAUNCH_CGROUP))) return fork() ;
#ifdef CLONE_INTO_CGROUP
  struct clone_args args =
  {
    .flags = (l->flags & LAUNCH_NEWPIDNS ? CLONE_NEWPID : 0) | (l->flags & LAUNCH_CGROUP ? CLONE_INTO_CGROUP : 0),
    .exit_signal = SIGCHLD,
    .cgroup = l->flags & LAUNCH_CGROUP ? (uint64_t)l->cgroup : 0
  } ;
  return (pid_t)syscall(SYS_clone3, &args, sizeof(args)) ;
#else
  return (errno = ENOSYS, -1) ;
#endif
}

 /* The child has a memory of its own, and errno comes by a pipe, unless before may wait. */

static void execute_apart (struct launch const *l, int fd)
{
  int e ;
  int away = out_of_the_way(l, fd) ;
  if (away >= 0)
  {
    fd = away ;
    execute(l) ;
  }
  e = errno ;
  if (l->flags & LAUNCH_APART) strerr_warnwu2sys("execute ", l->path) ;
  else (void)!write(fd, &e, sizeof(e)) ;
  _exit(EXITCODE_NOPROGRAM) ;
}

static pid_t launch_apart (struct launch const *l)
{
  int failed = 0 ;
  int p[2] ;
  ssize_t r = 0 ;
  pid_t pid ;
  if (pipecoe(p) == -1) return 0 ;
  signals_hold() ;
  pid = make_process(l) ;
  if (!pid) execute_apart(l, p[1]) ;
  signals_unhold() ;
  fd_close(p[1]) ;
  if (pid > 0 && !(l->flags & LAUNCH_APART))
    do r = read(p[0], &failed, sizeof(failed)) ;
    while (r == -1 && errno == EINTR) ;
  fd_close(p[0]) ;
  if (pid < 0) return 0 ;
  if (r != sizeof(failed)) return pid ;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) ;
  return (errno = failed, -1) ;
}

pid_t launch (struct launch const *l)
{
  return l->flags & (LAUNCH_APART | LAUNCH_NEWPIDNS | LAUNCH_CGROUP) ? launch_apart(l) : launch_here(l) ;
}
