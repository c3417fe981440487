/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libsupervise/tally.h"

#define USAGE "s6-svdt-clear servicedir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  PROG = "s6-svdt-clear" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0]) dieusage() ;
  chain_cover_standard() ;
  if (!tally_clear(argv[0])) strerr_diefusys(EXITCODE_SYSTEM, "clear the death tally of ", argv[0]) ;
  return EXITCODE_OK ;
}
