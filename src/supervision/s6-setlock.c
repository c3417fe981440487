/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/time.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libdaemon/clock.h"
#include "libdaemon/svlock.h"

#define USAGE "s6-setlock [ -n | -N ] [ -t timeout ] [ -r | -w ] [ -d fd ] file prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { TICK_MICROSECONDS = 10000, CREATION_MODE = 0666 } ;

struct options
{
  int isnonblocking ;
  unsigned int timeout ;  /* 0: for ever */
  int isshared ;
  unsigned int fd ;
  int isplaced ;  /* on that descriptor; otherwise on whichever is free */
} ;

static void on_tick (int number)
{
  (void)number ;
}

 /* Each tick ends the wait, to look whether there is time left: one of them alone
    could come before the wait begins. */

static int try_until (int fd, int isshared, int64_t deadline)
{
  int ok ;
  while (ok = svlock_wait(fd, isshared), !ok && errno == EINTR)
    if (clock_milliseconds() >= deadline) return (errno = ETIMEDOUT, 0) ;
  return ok ;
}

 /* The ticks use SIGALRM and its timer. Whoever has started us may have blocked
    the one, and set the other, which outlives exec. */

struct ticks
{
  struct sigaction action ;
  sigset_t mask ;
  struct itimerval alarm ;
  int64_t begun ;
} ;

static int64_t milliseconds_of (struct timeval const *t)
{
  return (int64_t)t->tv_sec * 1000 + (t->tv_usec + 999) / 1000 ;
}

static int begin_ticks (struct ticks *t)
{
  struct itimerval const tick = { .it_interval = { .tv_usec = TICK_MICROSECONDS }, .it_value = { .tv_usec = TICK_MICROSECONDS } } ;
  struct sigaction const action = { .sa_handler = &on_tick } ;
  sigset_t set ;
  t->begun = clock_milliseconds() ;
  sigemptyset(&set) ;
  sigaddset(&set, SIGALRM) ;
  return sigaction(SIGALRM, &action, &t->action) == 0
   && sigprocmask(SIG_UNBLOCK, &set, &t->mask) == 0
   && setitimer(ITIMER_REAL, &tick, &t->alarm) == 0 ;
}

 /* When the alarm of others is due: we must not wait for longer. */

static int64_t alarm_due (struct ticks const *t, int64_t deadline)
{
  int64_t left = milliseconds_of(&t->alarm.it_value) ;
  return left && t->begun + left < deadline ? t->begun + left : deadline ;
}

static void end_ticks (struct ticks const *t)
{
  struct itimerval rest = t->alarm ;
  int64_t left = milliseconds_of(&rest.it_value) ;
  int isdue = 0 ;
  if (left)
  {
    left -= clock_milliseconds() - t->begun ;
    isdue = left <= 0 ;
    if (isdue) rest.it_value = rest.it_interval ;
    else rest.it_value = (struct timeval){ .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 } ;
  }
  setitimer(ITIMER_REAL, &rest, 0) ;
  sigaction(SIGALRM, &t->action, 0) ;
  sigprocmask(SIG_SETMASK, &t->mask, 0) ;
  if (isdue) raise(SIGALRM) ;
}

static int lock_in_time (int fd, struct options const *o)
{
  int64_t deadline = clock_milliseconds() + o->timeout ;
  int64_t due ;
  int ok ;
  do
  {
    struct ticks t ;
    int e ;
    if (!begin_ticks(&t)) return 0 ;
    due = alarm_due(&t, deadline) ;
    ok = try_until(fd, o->isshared, due) ;
    e = errno ;
    end_ticks(&t) ;
    errno = e ;
  }
  while (!ok && errno == ETIMEDOUT && due < deadline) ;
  return ok ;
}

static int take (int fd, struct options const *o)
{
  if (o->isnonblocking) return svlock_try(fd, o->isshared) ;
  return o->timeout ? lock_in_time(fd, o) : svlock_wait(fd, o->isshared) ;
}

 /* To read, when it is there: a folder, or a file of others in /tmp, can be shared. */

static int open_shared (char const *path)
{
  int fd = open(path, O_RDONLY | O_NONBLOCK) ;
  return fd < 0 && errno == ENOENT ? open(path, O_RDONLY | O_CREAT | O_NONBLOCK, CREATION_MODE) : fd ;
}

static int open_file (char const *path, struct options const *o)
{
  int fd = o->isshared ? open_shared(path) : open(path, O_WRONLY | O_CREAT | O_NONBLOCK, CREATION_MODE) ;
  if (fd < 0) strerr_diefusys(EXITCODE_SYSTEM, "open ", path) ;
  if (ndelay_off(fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "use ", path) ;
  if (o->isplaced && fd_move((int)o->fd, fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "move the lock to its descriptor") ;
  return o->isplaced ? (int)o->fd : fd ;
}

static void parse (int argc, char const *const *argv, subgetopt *l, struct options *o)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "nNt:rwd:", l) ;
    if (opt == -1) return ;
    switch (opt)
    {
      case 'n' : o->isnonblocking = 1 ; break ;
      case 'N' : o->isnonblocking = 0 ; break ;
      case 't' : if (!uint0_scan(l->arg, &o->timeout)) dieusage() ; break ;
      case 'r' : o->isshared = 1 ; break ;
      case 'w' : o->isshared = 0 ; break ;
      case 'd' :
        if (!uint0_scan(l->arg, &o->fd)) dieusage() ;
        o->isplaced = 1 ;
        break ;
      default : dieusage() ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .timeout = 0 } ;
  PROG = "s6-setlock" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o) ;
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  chain_cover_standard() ;
  if (!take(open_file(argv[0], &o), &o)) strerr_diefusys(EXITCODE_DENIED, "lock ", argv[0]) ;
  xexec(argv + 1) ;
}
