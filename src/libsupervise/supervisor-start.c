/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libdaemon/launch.h"
#include "libdaemon/signals.h"
#include "libdaemon/svlock.h"
#include "libsupervise/remedy.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervisor-internal.h"

#define RUN "./run"
#define FINISH "./finish"

enum { KILLED = 256 } ;

 /* A start of run: the numbers that it wants, and what they become; -1: none. */
struct start
{
  int notification ;
  int lock ;
  int pipe[2] ;
  int lockfd ;
  int islocked ;
  int cgroup ;
  int isapart ;  /* in a PID namespace of its own */
} ;

static void warn (struct supervisor *s, char const *what, char const *why)
{
  log_line(s->log, LOG_WARNING, "unable to ", what, ": ", why) ;
}

 /* -1 in number: none is wanted. 0 and errno: who knows? */

static int wanted_number (struct supervisor *s, char const *file, enum supervisor_file which, int *number)
{
  struct rlimit limit ;
  unsigned int n = (unsigned int)-1 ;
  unsigned int most = INT_MAX ;
  int r = 0 ;
  if (access(file, F_OK) == 0 || errno != ENOENT)
  {
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < INT_MAX) most = (unsigned int)limit.rlim_cur ;
    r = servicefiles_number(file, 1, most ? most - 1 : 0, &n, s->log) ;
  }
  *number = (int)supervisor_recall(s, which, r, n) ;
  return r >= 0 ;
}

static void give_up (struct start *x)
{
  int e = errno ;
  if (x->pipe[0] >= 0) fd_close(x->pipe[0]) ;
  if (x->pipe[1] >= 0) fd_close(x->pipe[1]) ;
  if (x->lockfd >= 0) fd_close(x->lockfd) ;
  if (x->cgroup >= 0) fd_close(x->cgroup) ;
  errno = e ;
}

static int open_pipe (struct start *x)
{
  if (x->notification < 0) return 1 ;
  return pipecoe(x->pipe) == 0 && ndelay_on(x->pipe[0]) == 0 ;
}

 /* The lock is of the open file: run has it for as long as it keeps the number. Who could
    read the file could have a shared one, and run would wait for him. */

static int open_lock (struct supervisor *s, struct start *x)
{
  if (x->lock < 0) return 1 ;
  x->lockfd = svlock_open(SERVICE_LOCK_OF_RUN) ;
  if (x->lockfd < 0) return 0 ;
  x->islocked = svlock_try(x->lockfd, 0) ;
  if (x->islocked) return 1 ;
  if (errno != EAGAIN && errno != EACCES) return 0 ;
  log_line(s->log, LOG_WARNING, SERVICE_LOCK_OF_RUN " is locked by another process: run waits for it") ;
  return 1 ;
}

static int read_wishes (struct supervisor *s, struct start *x)
{
  int r = servicefiles_isthere("flag-newpidns", s->log) ;
  x->isapart = (int)supervisor_recall(s, FILE_NEWPIDNS, r, r == 1) ;
  return r >= 0
    && wanted_number(s, "notification-fd", FILE_NOTIFICATION, &x->notification)
    && wanted_number(s, "lock-fd", FILE_LOCK, &x->lock) ;
}

static int prepare (struct supervisor *s, struct start *x)
{
  char const *what ;
  if (!read_wishes(s, x)) return (warn(s, "read files of the service", strerror(errno)), 0) ;
  if (x->notification >= 0 && x->notification == x->lock)
    return (warn(s, "start run", "notification-fd and lock-fd are the same number: change one of them"), 0) ;
  if ((what = "make a pipe for notification-fd", open_pipe(x))
    && (what = "take " SERVICE_LOCK_OF_RUN, open_lock(s, x))
    && (what = "enter the cgroup", supervisor_open_cgroup(s, &x->cgroup))) return 1 ;
  warn(s, what, errno == EBUSY ? "it is frozen" : strerror(errno)) ;
  give_up(x) ;
  return 0 ;
}

 /* In the child. */

struct before
{
  struct supervisor *s ;
  struct start const *x ;  /* 0: finish */
  int written ;  /* errno */
} ;

static void write_child (void *data)
{
  struct before *b = data ;
  struct child_note const note = { .what = b->x ? CHILD_RUN : CHILD_FINISH, .isleaving = b->s->isleaving } ;
  b->written = child_write(&b->s->child, 0, &note) ? 0 : errno ;
}

 /* It holds nothing by which the supervisor is known to live. */

static void wait_for_lock (void *data)
{
  struct before *b = data ;
  write_child(data) ;
  fd_close(b->s->lock) ;
  fd_close(b->s->controlfd) ;
  signals_release() ;
  while (!svlock_wait(b->x->lockfd, 0))
    if (errno != EINTR) strerr_diefusys(EXITCODE_NOPROGRAM, "wait for " SERVICE_LOCK_OF_RUN) ;
}

 /* A child with a memory of its own cannot say that it could not write: it is written once
    more, a little later. */

static pid_t launch_child (struct supervisor *s, struct launch *l, struct before *b)
{
  pid_t pid = launch(l) ;
  if (pid <= 0) return pid ;
  s->ending = tain_infinite ;
  if (b->written)
  {
    errno = b->written ;
    supervisor_complain(s, TROUBLE_CHILD, "write " SERVICE_CHILD) ;
  }
  else supervisor_isfine(s, TROUBLE_CHILD) ;
  s->ischildunsaved = b->written || l->flags & (LAUNCH_APART | LAUNCH_NEWPIDNS) ;
  if (s->ischildunsaved) supervisor_put_off(s) ;
  else s->child.iswritten = 1 ;
  return pid ;
}

static pid_t launch_run (struct supervisor *s, struct start const *x)
{
  char const *const argv[] = { RUN, s->name, 0 } ;
  struct before b = { .s = s, .x = x, .written = 0 } ;
  struct launch l = { .path = RUN, .argv = argv, .envp = s->envp, .flags = LAUNCH_SESSION, .before = &write_child, .data = &b } ;
  if (x->notification >= 0) l.moves[l.n++] = (struct launch_move){ .from = x->pipe[1], .to = x->notification } ;
  if (x->lock >= 0) l.moves[l.n++] = (struct launch_move){ .from = x->lockfd, .to = x->lock } ;
  if (x->lock >= 0 && !x->islocked)
  {
    l.flags |= LAUNCH_APART ;
    l.before = &wait_for_lock ;
  }
  if (x->isapart) l.flags |= LAUNCH_NEWPIDNS ;
  if (x->cgroup >= 0)
  {
    l.flags |= LAUNCH_CGROUP ;
    l.cgroup = x->cgroup ;
  }
  return launch_child(s, &l, &b) ;
}

static int hear_from (struct supervisor *s, struct start *x)
{
  if (x->pipe[0] < 0) return 1 ;
  if (!loop_watch_start(&s->loop, &s->notification, x->pipe[0], LOOP_READ)) return 0 ;
  x->pipe[0] = -1 ;
  return 1 ;
}

 /* Who cannot be heard is not started: he would never be ready. */

enum machine_event supervisor_start_run (struct supervisor *s, int *value)
{
  struct start x = { .pipe = { -1, -1 }, .lockfd = -1, .cgroup = -1 } ;
  char text[REMEDY_MAX] ;
  pid_t pid = 0 ;
  int e ;
  if (s->isunclean) supervisor_clean(s) ;
  if (!prepare(s, &x)) return MACHINE_NOTSTARTED ;
  if (hear_from(s, &x)) pid = launch_run(s, &x) ;
  e = errno ;
  give_up(&x) ;
  if (pid > 0)
  {
    *value = pid ;
    return MACHINE_STARTED ;
  }
  supervisor_unhear(s) ;
  warn(s, "start run", remedy(text, pid < 0 ? RUN : 0, e)) ;
  return MACHINE_NOTSTARTED ;
}

static void put_number (char *s, int n)
{
  if (n < 0) *s++ = '-' ;
  s[uint_fmt(s, (unsigned int)(n < 0 ? -n : n))] = 0 ;
}

enum machine_event supervisor_start_finish (struct supervisor *s, int how, int *value)
{
  char code[UINT_FMT + 1], sig[UINT_FMT + 1], group[UINT_FMT + 1], text[REMEDY_MAX] ;
  char const *const argv[] = { "finish", code, sig, s->name, group, 0 } ;
  struct before b = { .s = s, .x = 0, .written = 0 } ;
  struct launch l = { .path = FINISH, .argv = argv, .envp = s->envp, .flags = LAUNCH_SESSION, .before = &write_child, .data = &b } ;
  int isexit = how != MACHINE_UNKNOWN && WIFEXITED(how) ;
  pid_t pid ;
  if (access(FINISH, F_OK) == -1 && errno == ENOENT) return MACHINE_NOTFINISHING ;
  put_number(code, isexit ? WEXITSTATUS(how) : KILLED) ;
  put_number(sig, how != MACHINE_UNKNOWN && WIFSIGNALED(how) ? WTERMSIG(how) : 0) ;
  put_number(group, s->machine.run) ;
  pid = launch_child(s, &l, &b) ;
  if (pid > 0)
  {
    *value = pid ;
    return MACHINE_FINISHING ;
  }
  warn(s, "start finish", remedy(text, pid < 0 ? FINISH : 0, errno)) ;
  return MACHINE_NOTFINISHING ;
}
