/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"
#include "libdaemon/clock.h"

#define USAGE "s6-fdholder-store [ -r ] [ -d fd ] [ -t milliseconds ] [ -T fdmilliseconds ] socket id [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* The limit that the daemon is told is a time of the wall clock. */

static tain const *limit_in (unsigned int milliseconds, tain *limit)
{
  tain now ;
  if (!milliseconds) return 0 ;
  if (!tain_wallclock_read(&now)) strerr_diefusys(EXITCODE_SYSTEM, "read the clock") ;
  clock_after(limit, &now, milliseconds) ;
  return limit ;
}

static int store (fdholder *h, int fd, char const *id, int isreplace, tain const *limit, tain const *deadline)
{
  return isreplace ? fdholder_replace_g(h, fd, id, limit, deadline) : fdholder_store_g(h, fd, id, limit, deadline) ;
}

 /* Who cannot replace has not stored either. */

static void die_unstored (fdholder const *h, int isreplace, char const *id)
{
  if (!isreplace || errno != ENOSYS) holderclient_die_asking(h, EXITCODE_DENIED, "store a descriptor as ", id, HOLDERCLIENT_ONE) ;
  holderclient_die_for(EXITCODE_DENIED, "store a descriptor as ", id, " (this holder cannot replace: delete the identifier, then store it)") ;
}

 /* Without -d, a script that was pasted into a shell, or that lacks its
    binder, stores what no service wants. */

static void doubt_stdin (char const *id)
{
  struct stat st, null ;
  char const *what = 0 ;
  if (isatty(0)) what = "a terminal" ;
  else if (fstat(0, &st) == 0 && stat("/dev/null", &null) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == null.st_rdev) what = "/dev/null" ;
  if (what) strerr_warnw("what was stored as ", id, " is ", what, " (-d 0 says that this is meant)") ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline, limit ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int fd = 0 ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  unsigned int fdmilliseconds = 0 ;
  int isplain = 1, isreplace = 0 ;
  int isopen ;
  PROG = "s6-fdholder-store" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "rd:t:T:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'r' : isreplace = 1 ; break ;
      case 'd' : if (!uint0_scan(l.arg, &fd) || fd > INT_MAX) dieusage() ; isplain = 0 ; break ;
      case 't' : if (!uint0_scan(l.arg, &milliseconds)) dieusage() ; break ;
      case 'T' : if (!uint0_scan(l.arg, &fdmilliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogramornone(argv + 2)) dieusage() ;
  holderclient_check_id(argv[1]) ;
  isopen = fcntl(fd, F_GETFD) != -1 ;
  chain_cover_standard() ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!isopen) errno = EBADF ;
  if (!isopen || !store(&h, fd, argv[1], isreplace, limit_in(fdmilliseconds, &limit), &deadline)) die_unstored(&h, isreplace, argv[1]) ;
  if (isplain) doubt_stdin(argv[1]) ;
  holderclient_finish(argv + 2) ;
}
