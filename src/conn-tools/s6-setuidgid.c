/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/privileges.h"
#include "libchain/usage.h"

#define USAGE "s6-setuidgid account prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { UNSET_COUNT = 3 } ;

static void require (int found, char const *kind, char const *name)
{
  if (found > 0) return ;
  if (found < 0) strerr_diefusys(EXITCODE_SYSTEM, "look up ", kind, " ", name) ;
  strerr_dief(EXITCODE_DENIED, "unknown ", kind, ": ", name) ;
}

 /* user:group, each a number or a name; without a user, we stay who we are. */

static void scan_pair (struct privileges *privileges, char const *account, char const *colon)
{
  char *user = strndup(account, colon - account) ;
  if (!user) strerr_diefusys(EXITCODE_SYSTEM, "read the account") ;
  if (!colon[1]) dieusage() ;
  if (user[0] && !privileges_scan_uid(privileges, user))
    require(privileges_find_user(privileges, user), "user", user) ;
  if (!privileges_scan_gid(privileges, colon + 1))
    require(privileges_find_group(privileges, colon + 1), "group", colon + 1) ;
  privileges_scan_groups(privileges, "") ;
  free(user) ;
}

int main (int argc, char const *const *argv)
{
  struct privileges privileges = PRIVILEGES_ZERO ;
  subgetopt l = SUBGETOPT_ZERO ;
  char const *colon ;
  static char const unset[] = "UID\0GID\0GIDLIST" ;  /* of somebody else, with an account */
  PROG = "s6-setuidgid" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  if (argv[0][0])
  {
    colon = strchr(argv[0], ':') ;
    if (colon) scan_pair(&privileges, argv[0], colon) ;
    else require(privileges_find_account(&privileges, argv[0]), "user", argv[0]) ;
    privileges_apply(&privileges) ;
    if (!colon) xmexec_n(argv + 1, unset, sizeof(unset), UNSET_COUNT) ;
  }
  xexec(argv + 1) ;
}
