/* ISC license. */

#include <string.h>

#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libfifodir/fifodir.h"

#define USAGE "s6-ftrig-notify fifodir message"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  PROG = "s6-ftrig-notify" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0] || !argv[1]) dieusage() ;
  chain_cover_standard() ;
  if (!sig_ignore(SIGPIPE)) strerr_diefusys(EXITCODE_SYSTEM, "ignore SIGPIPE") ;
  if (!fifodir_notify(argv[0], argv[1], strlen(argv[1]))) strerr_diefusys(EXITCODE_SYSTEM, "tell listeners in ", argv[0]) ;
  return EXITCODE_OK ;
}
