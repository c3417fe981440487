/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/time.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/waiting.h"

#define USAGE "s6-setlock [ -n | -N | -t timeout ] [ -r | -w ] [ -d fd ] file prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { TICK_MICROSECONDS = 10000, CREATION_MODE = 0666 } ;

 /* A lock of the open file: it lasts as long as any copy of the descriptor does,
    whatever other descriptors of the file are closed. Where there is no such
    thing, one of the process, which exec keeps. */
#ifdef F_OFD_SETLK
enum { TRY = F_OFD_SETLK, WAIT = F_OFD_SETLKW } ;
#else
enum { TRY = F_SETLK, WAIT = F_SETLKW } ;
#endif

enum patience
{
  PATIENCE_ALL,
  PATIENCE_SOME,
  PATIENCE_NONE
} ;

struct options
{
  enum patience patience ;
  unsigned int timeout ;
  int isshared ;
  unsigned int fd ;  /* 0: whichever is free */
} ;

static void on_tick (int number)
{
  (void)number ;
}

static int lock (int fd, int isshared, int how)
{
  struct flock l = { .l_type = isshared ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET } ;
  return fcntl(fd, how, &l) == 0 ;
}

 /* Each tick ends the wait, to look whether there is time left: one of them alone
    could come before the wait begins. */

static int try_until (int fd, int isshared, tain const *deadline)
{
  int ok ;
  while (ok = lock(fd, isshared, WAIT), !ok && errno == EINTR)
  {
    tain_now_g() ;
    if (!tain_future(deadline)) return (errno = ETIMEDOUT, 0) ;
  }
  return ok ;
}

 /* Whoever has started us may have blocked the signal. */

static int lock_in_time (int fd, struct options const *o)
{
  struct itimerval tick = { .it_interval = { .tv_usec = TICK_MICROSECONDS }, .it_value = { .tv_usec = TICK_MICROSECONDS } } ;
  struct itimerval const none = { .it_value = { .tv_usec = 0 } } ;
  struct sigaction const action = { .sa_handler = &on_tick } ;
  struct sigaction old ;
  sigset_t alarm, mask ;
  tain deadline ;
  int ok, e ;
  waiting_deadline(&deadline, o->timeout) ;
  sigemptyset(&alarm) ;
  sigaddset(&alarm, SIGALRM) ;
  if (sigaction(SIGALRM, &action, &old) == -1 || sigprocmask(SIG_UNBLOCK, &alarm, &mask) == -1 || setitimer(ITIMER_REAL, &tick, 0) == -1) return 0 ;
  ok = try_until(fd, o->isshared, &deadline) ;
  e = errno ;
  setitimer(ITIMER_REAL, &none, 0) ;
  sigprocmask(SIG_SETMASK, &mask, 0) ;
  sigaction(SIGALRM, &old, 0) ;
  errno = e ;
  return ok ;
}

static int take (int fd, struct options const *o)
{
  if (o->patience == PATIENCE_NONE) return lock(fd, o->isshared, TRY) ;
  return o->patience == PATIENCE_SOME ? lock_in_time(fd, o) : lock(fd, o->isshared, WAIT) ;
}

static int open_file (char const *path, struct options const *o)
{
  int fd = open(path, (o->isshared ? O_RDONLY : O_WRONLY) | O_CREAT | O_NONBLOCK, CREATION_MODE) ;
  if (fd < 0) strerr_diefusys(EXITCODE_SYSTEM, "open ", path) ;
  if (ndelay_off(fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "use ", path) ;
  if (o->fd && fd_move((int)o->fd, fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "move the lock to its descriptor") ;
  return o->fd ? (int)o->fd : fd ;
}

static void parse (int argc, char const *const *argv, subgetopt *l, struct options *o)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "nNt:rwd:", l) ;
    if (opt == -1) return ;
    switch (opt)
    {
      case 'n' : o->patience = PATIENCE_NONE ; break ;
      case 'N' : o->patience = PATIENCE_ALL ; break ;
      case 't' :
        if (!uint0_scan(l->arg, &o->timeout)) dieusage() ;
        o->patience = o->timeout ? PATIENCE_SOME : PATIENCE_NONE ;
        break ;
      case 'r' : o->isshared = 1 ; break ;
      case 'w' : o->isshared = 0 ; break ;
      case 'd' : if (!uint0_scan(l->arg, &o->fd)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .patience = PATIENCE_ALL } ;
  PROG = "s6-setlock" ;
  parse(argc, argv, &l, &o) ;
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  chain_cover_standard() ;
  if (!take(open_file(argv[0], &o), &o)) strerr_diefusys(EXITCODE_DENIED, "lock ", argv[0]) ;
  xexec(argv + 1) ;
}
