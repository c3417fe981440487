/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

 /* In the child, whose table of descriptors is its own. Returns if it fails: errno, and
    what launch is to return.
    It moves to the cgroup by itself: one that is cloned into a cgroup that was killed
    before may be killed, too. */

static pid_t execute (struct launch const *l)
{
  if (l->flags & LAUNCH_CGROUP && write(l->cgroup, "0", 1) != 1) return 0 ;
  if (l->flags & LAUNCH_SESSION && setsid() == -1) return -1 ;
  if (l->before) (*l->before)(l->data) ;
  if (!move(l)) return -1 ;
  signals_release() ;
  execve(l->path, (char *const *)l->argv, (char *const *)l->envp) ;
  return -1 ;
}

 /* The child has our memory until it executes: so errno comes back. */

static pid_t launch_here (struct launch const *l)
{
  int volatile failed = 0 ;
  pid_t volatile result = 0 ;
  pid_t pid ;
  signals_hold() ;
  pid = vfork() ;
  if (!pid)
  {
    result = execute(l) ;
    failed = errno ;
    _exit(EXITCODE_NOPROGRAM) ;
  }
  signals_unhold() ;
  if (pid < 0) return 0 ;
  if (!failed) return pid ;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) ;
  return (errno = failed, result) ;
}

static pid_t make_process (struct launch const *l)
{
  if (!(l->flags & LAUNCH_NEWPIDNS)) return fork() ;
#ifdef SYS_clone3
  struct clone_args args = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD } ;
  return (pid_t)syscall(SYS_clone3, &args, sizeof(args)) ;
#else
  return (errno = ENOSYS, -1) ;
#endif
}

struct failure
{
  int error ;
  pid_t result ;
} ;

 /* The child has a memory of its own, and its failure comes by a pipe, unless before may wait. */

static void execute_apart (struct launch const *l, int fd)
{
  struct failure f = { .result = -1 } ;
  int away = out_of_the_way(l, fd) ;
  if (away >= 0)
  {
    fd = away ;
    f.result = execute(l) ;
  }
  f.error = errno ;
  if (l->flags & LAUNCH_APART) strerr_warnwu2sys("execute ", l->path) ;
  else (void)!write(fd, &f, sizeof(f)) ;
  _exit(EXITCODE_NOPROGRAM) ;
}

static pid_t launch_apart (struct launch const *l)
{
  struct failure f ;
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
    do r = read(p[0], &f, sizeof(f)) ;
    while (r == -1 && errno == EINTR) ;
  fd_close(p[0]) ;
  if (pid < 0) return 0 ;
  if (r != sizeof(f)) return pid ;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) ;
  return (errno = f.error, f.result) ;
}

pid_t launch (struct launch const *l)
{
  return l->flags & (LAUNCH_APART | LAUNCH_NEWPIDNS) ? launch_apart(l) : launch_here(l) ;
}
