/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libfifodir/fifodir.h"

#define USAGE "s6-cleanfifodir fifodir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  PROG = "s6-cleanfifodir" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0]) dieusage() ;
  if (!fifodir_clean(argv[0])) strerr_diefusys(EXITCODE_SYSTEM, "clean the fifodir ", argv[0]) ;
  return EXITCODE_OK ;
}
