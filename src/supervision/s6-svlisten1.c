/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/servicewait.h"
#include "libchain/usage.h"

#define USAGE "s6-svlisten1 [ -u | -U | -d | -D | -r | -R ] [ -t timeout ] servicedir prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct servicewait s = SERVICEWAIT_ZERO ;
  PROG = "s6-svlisten1" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, SERVICEWAIT_OPTIONS, &l) ;
    if (opt == -1) break ;
    if (!servicewait_option(&s, opt, l.arg)) dieusage() ;
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  servicewait_begin(&s, argv, 1) ;
  return servicewait_end(&s, servicewait_spawn(&s, argv + 1)) ;
}
