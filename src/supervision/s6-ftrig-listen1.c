/* ISC license. */

#include <errno.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/waiting.h"
#include "libfifodir/fifowait.h"

#define USAGE "s6-ftrig-listen1 [ -t timeout ] fifodir regexp prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static void wait_for (struct fifowait *w, char const *pattern, tain const *deadline)
{
  int ok = fifowait(w, 1, 0, deadline) && fifowait_print(w) ;
  int e = errno ;
  fifowait_end(w) ;
  errno = e ;
  if (!ok) strerr_diefusys(e == ETIMEDOUT ? EXITCODE_DENIED : EXITCODE_SYSTEM, "wait for ", pattern) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct fifowait w ;
  unsigned int timeout = 0 ;
  tain deadline ;
  PROG = "s6-ftrig-listen1" ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!uint0_scan(l.arg, &timeout)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogram(argv + 2)) dieusage() ;
  waiting_deadline(&deadline, timeout) ;
  if (!fifowait_begin(&w, argv[0], argv[1])) strerr_diefusys(EXITCODE_SYSTEM, "listen in ", argv[0], " for ", argv[1]) ;
  if (!waiting_spawn(argv + 2))
  {
    int e = errno ;
    fifowait_end(&w) ;
    errno = e ;
    strerr_diefusys(EXITCODE_SYSTEM, "start ", argv[2]) ;
  }
  wait_for(&w, argv[1], &deadline) ;
  return EXITCODE_OK ;
}
