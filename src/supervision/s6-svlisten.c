/* ISC license. */

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/block.h"
#include "libchain/chain.h"
#include "libchain/servicewait.h"
#include "libchain/usage.h"

#define USAGE "s6-svlisten [ -u | -U | -d | -D | -r | -R ] [ -a | -o ] [ -t timeout ] { servicedir... } prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static void parse (int argc, char const *const *argv, subgetopt *l, struct servicewait *s)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, SERVICEWAIT_OPTIONS "ao", l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'a' : s->isany = 0 ; break ;
      case 'o' : s->isany = 1 ; break ;
      default : if (!servicewait_option(s, opt, l->arg)) dieusage() ;
    }
  }
  if (!s->isany || (s->want != WAIT_RESTARTED && s->want != WAIT_RESTARTEDREADY)) return ;
  strerr_warnw("-r and -R are for all services: -o is ignored") ;
  s->isany = 0 ;
}

int main (int argc, char const **argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct servicewait s = SERVICEWAIT_ZERO ;
  int n ;
  PROG = "s6-svlisten" ;
  usage_asked(argc, (char const *const *)argv, USAGE) ;
  parse(argc, (char const *const *)argv, &l, &s) ;
  argv += l.ind ;
  if (!*argv) dieusage() ;
  n = block_take(argv) ;
  if (n < 0) strerr_dief(EXITCODE_USAGE, "the block of service directories has no end") ;
  if (!chain_isprogram(argv + n + 1)) dieusage() ;
  if (!n) xexec(argv + 1) ;
  servicewait_begin(&s, (char const *const *)argv, (unsigned int)n) ;
  return servicewait_end(&s, servicewait_spawn(&s, (char const *const *)argv + n + 1)) ;
}
