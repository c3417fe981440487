/* ISC license. */

#include <errno.h>
#include <signal.h>

#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/listenone.h"
#include "libchain/usage.h"
#include "libchain/waiting.h"
#include "libfifodir/fifowait.h"

 /* Returns where the arguments begin. */

static int options (int argc, char const *const *argv, char const *usage, unsigned int *timeout)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:", &l) ;
    if (opt == -1) return l.ind ;
    if (opt != 't' || !uint0_scan(l.arg, timeout)) strerr_dieusage(EXITCODE_USAGE, usage) ;
  }
}

static void end (struct fifowait *w)
{
  int e = errno ;
  fifowait_end(w) ;
  errno = e ;
}

static void start (struct fifowait *w, char const *const *prog)
{
  if (waiting_spawn(prog)) return ;
  end(w) ;
  strerr_diefusys(EXITCODE_SYSTEM, "start ", prog[0]) ;
}

static void hear (struct fifowait *w, char const *pattern, int late, tain const *deadline)
{
  if (fifowait(w, 1, 0, deadline)) return ;
  end(w) ;
  strerr_diefusys(errno == ETIMEDOUT ? late : EXITCODE_SYSTEM, "wait for ", pattern) ;
}

 /* SIGPIPE is ignored here and not before: the program would ignore it, too. */

static void print (struct fifowait *w)
{
  int ok = sig_ignore(SIGPIPE) && fifowait_print(w) ;
  end(w) ;
  if (!ok) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
}

int listenone (int argc, char const *const *argv, struct listenone const *l)
{
  struct fifowait w ;
  tain deadline ;
  unsigned int timeout = 0 ;
  usage_asked(argc, argv, l->usage) ;
  argv += options(argc, argv, l->usage, &timeout) ;
  if (!argv[0] || !argv[1] || (l->hasprogram && !chain_isprogram(argv + 2))) strerr_dieusage(EXITCODE_USAGE, l->usage) ;
  chain_cover_standard() ;
  waiting_deadline(&deadline, timeout) ;
  if (!fifowait_begin(&w, argv[0], argv[1])) strerr_diefusys(EXITCODE_SYSTEM, "listen in ", argv[0], " for ", argv[1]) ;
  if (l->hasprogram) start(&w, argv + 2) ;
  hear(&w, argv[1], l->late, &deadline) ;
  print(&w) ;
  return EXITCODE_OK ;
}
