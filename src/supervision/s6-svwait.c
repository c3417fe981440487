/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/servicewait.h"
#include "libchain/usage.h"

#define USAGE "s6-svwait [ -u | -U | -d | -D | -r | -R ] [ -a | -o ] [ -s ] [ -t timeout ] servicedir..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct servicewait s = SERVICEWAIT_ZERO ;
  PROG = "s6-svwait" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, SERVICEWAIT_OPTIONS "aos", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'a' : s.isany = 0 ; break ;
      case 'o' : s.isany = 1 ; break ;
      case 's' : s.ispatient = 1 ; break ;
      default : if (!servicewait_option(&s, opt, l.arg)) dieusage() ;
    }
  }
  argc -= l.ind ; argv += l.ind ;
  if (!argc) return EXITCODE_OK ;
  servicewait_begin(&s, argv, (unsigned int)argc) ;
  return servicewait_end(&s, 0) ;
}
