/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/notifyfd.h"
#include "libchain/usage.h"
#include "libdaemon/likewise.h"
#include "libdaemon/log.h"
#include "librollover/rollover.h"
#include "libsupervise/servicefiles.h"

#define USAGE "s6-rollover [ -d fd ] [ -t readymilliseconds ] [ -k killmilliseconds ] [ -s signal ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static int notification = -1 ;

static void tell (void)
{
  notifyfd_tell(notification) ;
}

static void parse (int argc, char const *const *argv, subgetopt *l, struct rollover_options *o)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "d:t:k:s:", l) ;
    if (opt == -1) return ;
    switch (opt)
    {
      case 'd' : o->ready = notifyfd_scan(l->arg) ; break ;
      case 't' : if (!uint0_scan(l->arg, &o->patience)) dieusage() ; break ;
      case 'k' : if (!uint0_scan(l->arg, &o->mercy)) dieusage() ; break ;
      case 's' :
        o->signal = servicefiles_scansignal(l->arg) ;
        if (!o->signal) strerr_dief(EXITCODE_USAGE, "-s ", l->arg, ": not a signal") ;
        break ;
      default : dieusage() ;
    }
  }
}

static void start (struct rollover *r, char const *program)
{
  pid_t pid = rollover_start(r) ;
  if (!pid) strerr_diefusys(EXITCODE_SYSTEM, "start ", program) ;
  if (pid < 0) strerr_dieexec(errno == ENOENT ? EXITCODE_NOPROGRAM : EXITCODE_NOEXEC, program) ;
}

int main (int argc, char const *const *argv, char const *const *envp)
{
  static struct rollover rollover ;
  subgetopt l = SUBGETOPT_ZERO ;
  struct log log = LOG_ZERO ;
  struct rollover_options o =
  {
    .envp = envp,
    .tell = &tell,
    .ready = -1,
    .patience = ROLLOVER_PATIENCE_USUALLY,
    .mercy = ROLLOVER_MERCY_USUALLY,
    .signal = SIGTERM
  } ;
  int status ;
  PROG = "s6-rollover" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o) ;
  o.argv = argv + l.ind ;
  if (!chain_isprogram(o.argv)) dieusage() ;
  notification = o.ready ;
  chain_cover_standard() ;
  if (!rollover_init(&rollover, &o, &log)) strerr_diefusys(EXITCODE_SYSTEM, "prepare") ;
  start(&rollover, o.argv[0]) ;
  status = rollover_run(&rollover) ;
  if (status < 0) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  likewise_end(status) ;
}
