/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"

#define USAGE "s6-setsid [ -s | -b | -f | -g ] [ -i | -I | -q ] [ -d ctty ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum what
{
  WHAT_SESSION,
  WHAT_BACKGROUND,
  WHAT_FOREGROUND,
  WHAT_GRAB
} ;

enum strictness
{
  STRICT,
  LOOSE,
  SILENT
} ;

static void judge (int ok, enum strictness strictness, char const *what)
{
  if (ok || strictness == SILENT) return ;
  if (strictness == STRICT) strerr_diefusys(EXITCODE_SYSTEM, what) ;
  strerr_warnwusys(what) ;
}

 /* Who is not in the foreground is stopped by this, unless he ignores the signal. */

static int take_terminal (int fd, int isforced)
{
  int r ;
  if (isforced && !sig_ignore(SIGTTOU)) return 0 ;
  do r = tcsetpgrp(fd, getpid()) ;
  while (r == -1 && errno == EINTR) ;
  if (isforced) sig_restore(SIGTTOU) ;
  return r == 0 ;
}

static int open_terminal (void)
{
  int fd ;
  chain_cover_standard() ;
  fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) ;
  if (fd < 0) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/tty") ;
  return fd ;
}

static void lead (enum what what, enum strictness strictness, unsigned int const *given)
{
  int fd = given ? (int)*given : -1 ;
  if (what == WHAT_SESSION)
  {
    judge(setsid() != -1, strictness, "be the leader of a session") ;
    return ;
  }
  if (what != WHAT_BACKGROUND && !given) fd = open_terminal() ;
  judge(setpgid(0, 0) == 0, strictness, "be the leader of a process group") ;
  if (what == WHAT_BACKGROUND) return ;
  judge(take_terminal(fd, what == WHAT_GRAB), strictness, "be in the foreground of the terminal") ;
  if (!given) fd_close(fd) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  enum what what = WHAT_SESSION ;
  enum strictness strictness = LOOSE ;
  unsigned int fd ;
  unsigned int const *terminal = 0 ;  /* none is given: /dev/tty */
  PROG = "s6-setsid" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "sbfgiIqd:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 's' : what = WHAT_SESSION ; break ;
      case 'b' : what = WHAT_BACKGROUND ; break ;
      case 'f' : what = WHAT_FOREGROUND ; break ;
      case 'g' : what = WHAT_GRAB ; break ;
      case 'i' : strictness = STRICT ; break ;
      case 'I' : strictness = LOOSE ; break ;
      case 'q' : strictness = SILENT ; break ;
      case 'd' :
        if (!uint0_scan(l.arg, &fd)) dieusage() ;
        terminal = &fd ;
        break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  lead(what, strictness, terminal) ;
  xexec(argv) ;
}
