/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libsupervise/supervised.h"

#define USAGE "s6-svok servicedir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  int r ;
  PROG = "s6-svok" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0]) dieusage() ;
  r = supervised(argv[0]) ;
  if (r < 0) strerr_diefusys(EXITCODE_SYSTEM, "look whether somebody supervises ", argv[0]) ;
  return r ? EXITCODE_OK : EXITCODE_DENIED ;
}
