/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/fdlist.h"
#include "libchain/notifyfd.h"
#include "libchain/usage.h"
#include "libdaemon/clock.h"

#define USAGE "s6-ondemand [ -d fd ] [ -t milliseconds ] [ -b milliseconds -s stampfile ] [ -f fd,fd,... ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { STAMP_MODE = 0666 } ;

struct options
{
  int ready ;
  unsigned int timeout ;  /* 0: for ever */
  unsigned int between ;
  int isbetween ;
  char const *stamp ;
  char const *fds ;
} ;

 /* What the signals were before, for prog. */

struct before
{
  sigset_t mask ;
  struct sigaction term ;
} ;

static void parse (int argc, char const *const *argv, subgetopt *l, struct options *o)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "d:t:b:s:f:", l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'd' : o->ready = notifyfd_scan(l->arg) ; break ;
      case 't' : if (!uint0_scan(l->arg, &o->timeout)) dieusage() ; break ;
      case 'b' : if (!uint0_scan(l->arg, &o->between)) dieusage() ; o->isbetween = 1 ; break ;
      case 's' : o->stamp = l->arg ; break ;
      case 'f' : o->fds = l->arg ; break ;
      default : dieusage() ;
    }
  }
  if (!o->isbetween != !o->stamp) strerr_dief(EXITCODE_USAGE, "-b and -s need each other") ;
}

static struct pollfd *prepare (struct options const *o, unsigned int *n)
{
  struct pollfd *x ;
  int *fds ;
  *n = fdlist_scan(o->fds, 0) ;
  x = calloc(*n, sizeof(*x)) ;
  fds = calloc(*n, sizeof(*fds)) ;
  if (!x || !fds) strerr_diefusys(EXITCODE_SYSTEM, "allocate") ;
  fdlist_scan(o->fds, fds) ;
  for (unsigned int i = 0 ; i < *n ; i++)
  {
    if (fds[i] == o->ready) fdlist_die(fds[i], " is waited for, and is not for -d") ;
    x[i].fd = fds[i] ;
    x[i].events = POLLIN ;
  }
  free(fds) ;
  return x ;
}

 /* A file that is new here tells of no start, and so is as old as can be. */

static int open_new_stamp (char const *path)
{
  struct timespec const never[2] = { { .tv_sec = 0 }, { .tv_sec = 0 } } ;
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, STAMP_MODE) ;
  if (fd >= 0 && futimens(fd, never) == -1) strerr_warnwusys("set the time of ", path) ;
  return fd ;
}

static int open_stamp (char const *path)
{
  struct stat st ;
  int fd ;
  if (!path) return -1 ;
  fd = open_new_stamp(path) ;
  if (fd < 0 && errno == EEXIST) fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) ;
  if (fd < 0 && errno != EISDIR && errno != ENXIO) strerr_diefusys(EXITCODE_SYSTEM, "open ", path) ;
  if (fd < 0 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) strerr_dief(EXITCODE_USAGE, path, " is not a regular file") ;
  return fd ;
}

 /* From here on SIGTERM ends us, whenever it comes; up to the execution there is no moment
    between. What was blocked or ignored must not keep us. */

static void leave (int sig)
{
  (void)sig ;
  _exit(EXITCODE_OK) ;
}

static void heed (struct before *before)
{
  struct sigaction const leaving = { .sa_handler = &leave } ;
  sigset_t term ;
  sigemptyset(&term) ;
  sigaddset(&term, SIGTERM) ;
  if (sigaction(SIGTERM, &leaving, &before->term) == -1 || sigprocmask(SIG_UNBLOCK, &term, &before->mask) == -1)
    strerr_diefusys(EXITCODE_SYSTEM, "set up signals") ;
}

 /* The execution takes the handler away. */

static void restore (struct before const *before)
{
  sigprocmask(SIG_SETMASK, &before->mask, 0) ;
  if (before->term.sa_handler == SIG_IGN) sigaction(SIGTERM, &before->term, 0) ;
}

 /* 0: the time is over. It is read from the clock, for signals end the wait. */

static int await (struct pollfd *x, unsigned int n, int isforever, unsigned int milliseconds)
{
  int64_t const end = clock_milliseconds() + milliseconds ;
  for (;;)
  {
    int64_t left = isforever ? -1 : end - clock_milliseconds() ;
    int r ;
    if (!isforever && left < 0) left = 0 ;
    r = poll(x, n, left > INT_MAX ? INT_MAX : (int)left) ;
    if (r > 0) return 1 ;
    if (r < 0 && errno != EINTR) strerr_diefusys(EXITCODE_SYSTEM, "poll") ;
    if (!r && !left) return 0 ;
  }
}

 /* Milliseconds since the last start; 0 if it is in the future. */

static uint64_t since_last (int fd, char const *path)
{
  struct stat st ;
  struct timespec now ;
  int64_t ms ;
  if (fstat(fd, &st) == -1 || clock_gettime(CLOCK_REALTIME, &now) == -1) strerr_diefusys(EXITCODE_SYSTEM, "stat ", path) ;
  if (now.tv_sec < st.st_mtim.tv_sec) return 0 ;
  if (st.st_mtim.tv_sec < 0 || (uint64_t)(now.tv_sec - st.st_mtim.tv_sec) > UINT_MAX) return UINT64_MAX ;
  ms = (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * 1000 + (now.tv_nsec - st.st_mtim.tv_nsec) / 1000000 ;
  return ms < 0 ? 0 : (uint64_t)ms ;
}

 /* Without the stamp the next start may come too early: that is better than none. */

static void put_off (int fd, struct options const *o)
{
  struct timespec const now[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW } } ;
  uint64_t since ;
  if (fd < 0) return ;
  since = since_last(fd, o->stamp) ;
  if (since < o->between) await(0, 0, 0, o->between - (unsigned int)since) ;
  if (futimens(fd, now) == -1) strerr_warnwusys("set the time of ", o->stamp) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .ready = -1, .fds = "0" } ;
  struct before before ;
  struct pollfd *fds ;
  unsigned int n ;
  int stamp ;
  PROG = "s6-ondemand" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o) ;
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  fds = prepare(&o, &n) ;
  chain_cover_standard() ;
  stamp = open_stamp(o.stamp) ;
  heed(&before) ;
  notifyfd_tell(o.ready) ;
  if (!await(fds, n, !o.timeout, o.timeout)) strerr_dief(EXITCODE_NOTHING, "nothing came in the time that there was") ;
  put_off(stamp, &o) ;
  restore(&before) ;
  xexec(argv) ;
}
