/* ISC license. */

#include <errno.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/exec.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/privileges.h"
#include "libchain/usage.h"

#define USAGE "s6-applyuidgid [ -z ] [ -u uid ] [ -g gid ] [ -G gidlist ] [ -U ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

#define VARIABLES "UID\0GID\0GIDLIST"

 /* ok is what a scan has said of value, an option's. */

static void check (int ok, char const *option, char const *value)
{
  if (ok) return ;
  if (errno != EINVAL) strerr_diefusys(EXITCODE_SYSTEM, "read the options") ;
  strerr_dief(EXITCODE_USAGE, option, " ", value, PRIVILEGES_NO_NUMBER) ;
}

int main (int argc, char const *const *argv)
{
  struct privileges privileges = PRIVILEGES_ZERO ;
  subgetopt l = SUBGETOPT_ZERO ;
  int unexport = 0 ;
  PROG = "s6-applyuidgid" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "zUu:g:G:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'z' : unexport = 1 ; break ;
      case 'U' : privileges_from_environment(&privileges) ; break ;
      case 'u' : check(privileges_scan_uid(&privileges, l.arg), "-u", l.arg) ; break ;
      case 'g' : check(privileges_scan_gid(&privileges, l.arg), "-g", l.arg) ; break ;
      case 'G' : check(privileges_scan_groups(&privileges, l.arg), "-G", l.arg) ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  privileges_apply(&privileges) ;
  if (unexport) xmexec_n(argv, VARIABLES, sizeof(VARIABLES), 3) ;
  xexec(argv) ;
}
