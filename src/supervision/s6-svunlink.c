/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libchain/waiting.h"
#include "libfifodir/fifodir.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"
#include "libsupervise/svcontrol.h"
#include "libsupervise/svpair.h"

#define USAGE "s6-svunlink [ -X ] [ -t timeout ] scandir name"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* By the real path: that of the link leads nowhere when it is gone. */

static int listen_to (struct svpair *p, char const *dir)
{
  char event[SERVICEPATH_MAX] ;
  if (!svpair_find(p, dir)) return 0 ;
  for (unsigned int i = 0 ; i < p->n ; i++)
  {
    int r = supervised(p->dirs[i]) ;
    if (r < 0) return 0 ;
    if (!r) continue ;
    if (!servicepath(event, p->dirs[i], SERVICE_EVENT) || !fifodir_make(event, getegid(), 0) || !svpair_listen(p, i, "x")) return 0 ;
  }
  return 1 ;
}

static void prepare (struct svpair *p, char const *link)
{
  char *dir = realpath(link, 0) ;
  if (!dir && errno != ENOENT) strerr_diefusys(EXITCODE_SYSTEM, "find the service directory of ", link) ;
  if (dir && !listen_to(p, dir))
  {
    svpair_end(p) ;
    strerr_diefusys(EXITCODE_SYSTEM, "listen to the supervisor of ", link) ;
  }
  free(dir) ;
}

 /* Where nobody scans, nobody ends the supervisor: then it is not waited for. */

static int remove_link (struct svpair *p, char const *link, char const *control, tain const *deadline)
{
  if (unlink(link) == -1 && errno != ENOENT) return 0 ;
  if (!svcontrol_send(control, "an", 2)) return errno == ENXIO || errno == ENOENT ;
  return !p->nawaited || svpair_await(p, 0, deadline) || errno == ETIMEDOUT ;
}

int main (int argc, char const *const *argv)
{
  static struct svpair pair ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int timeout = 0 ;
  int iswaiting = 1, ok ;
  char link[SERVICEPATH_MAX], control[SERVICEPATH_MAX] ;
  tain deadline ;
  PROG = "s6-svunlink" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "Xt:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'X' : iswaiting = 0 ; break ;
      case 't' : if (!uint0_scan(l.arg, &timeout)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1]) dieusage() ;
  if (!servicepath_isname(argv[1])) strerr_dief(EXITCODE_USAGE, "not a name of a service: ", argv[1]) ;
  chain_cover_standard() ;
  if (!sig_ignore(SIGPIPE)) strerr_diefusys(EXITCODE_SYSTEM, "ignore SIGPIPE") ;
  if (!servicepath(link, argv[0], argv[1]) || !servicepath(control, argv[0], SCAN_CONTROL))
    strerr_diefusys(EXITCODE_SYSTEM, "name ", argv[1], " in ", argv[0]) ;
  waiting_deadline(&deadline, timeout) ;
  if (iswaiting) prepare(&pair, link) ;
  ok = remove_link(&pair, link, control, &deadline) ;
  svpair_end(&pair) ;
  if (!ok) strerr_diefusys(EXITCODE_SYSTEM, "remove ", link) ;
  return EXITCODE_OK ;
}
