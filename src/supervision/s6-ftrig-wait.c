/* ISC license. */

#include <errno.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/waiting.h"
#include "libfifodir/fifowait.h"

#define USAGE "s6-ftrig-wait [ -t timeout ] fifodir regexp"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct fifowait w ;
  unsigned int timeout = 0 ;
  tain deadline ;
  int ok, e ;
  PROG = "s6-ftrig-wait" ;
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
  if (!argv[0] || !argv[1]) dieusage() ;
  waiting_deadline(&deadline, timeout) ;
  if (!fifowait_begin(&w, argv[0], argv[1])) strerr_diefusys(EXITCODE_SYSTEM, "listen in ", argv[0], " for ", argv[1]) ;
  ok = fifowait(&w, 1, 0, &deadline) && fifowait_print(&w) ;
  e = errno ;
  fifowait_end(&w) ;
  errno = e ;
  if (!ok) strerr_diefusys(e == ETIMEDOUT ? EXITCODE_NOTHING : EXITCODE_SYSTEM, "wait for ", argv[1]) ;
  return EXITCODE_OK ;
}
