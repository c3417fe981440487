/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libfifodir/fifodir.h"

#define USAGE "s6-mkfifodir [ -f ] [ -g gid ] fifodir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  gid_t gid = FIFODIR_ANYBODY ;
  int isforced = 0 ;
  PROG = "s6-mkfifodir" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "fg:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'f' : isforced = 1 ; break ;
      case 'g' : if (!gid0_scan(l.arg, &gid) || gid == FIFODIR_ANYBODY) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0]) dieusage() ;
  if (!fifodir_make(argv[0], gid, isforced)) strerr_diefusys(EXITCODE_SYSTEM, "make a fifodir at ", argv[0]) ;
  return EXITCODE_OK ;
}
