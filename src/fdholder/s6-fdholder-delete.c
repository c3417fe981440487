/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

#define USAGE "s6-fdholder-delete [ -t milliseconds ] socket id [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  PROG = "s6-fdholder-delete" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!uint0_scan(l.arg, &milliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogramornone(argv + 2)) dieusage() ;
  holderclient_check_id(argv[1]) ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_delete_g(&h, argv[1], &deadline)) holderclient_die_asking(&h, EXITCODE_DENIED, "delete ", argv[1], HOLDERCLIENT_ONE) ;
  holderclient_finish(argv + 2) ;
}
