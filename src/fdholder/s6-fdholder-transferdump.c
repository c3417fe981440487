/* ISC license. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libdaemon/closer.h"
#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

#define USAGE "s6-fdholder-transferdump [ -t fromms:toms ] socketfrom socketto [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* Either number may be left out; one number without a colon is for both. */

static int scan_timeouts (char const *s, unsigned int *from, unsigned int *to)
{
  size_t len = uint_scan(s, from) ;
  if (!len && *s != ':') return 0 ;
  if (!s[len])
  {
    *to = *from ;
    return 1 ;
  }
  if (s[len] != ':') return 0 ;
  return !s[len + 1] || uint0_scan(s + len + 1, to) ;
}

 /* What came is closed with us, and may wait for whoever made it: the guard
    does that when we are gone. */

static void transfer (char const *source, unsigned int from, char const *destination, unsigned int to)
{
  fdholder h ;
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  tain deadline ;
  closer_guard() ;
  holderclient_connect(&h, source, from, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_getdump_g(&h, &dump, &deadline)) holderclient_die_asking(&h, EXITCODE_DENIED, "get a dump from ", source, HOLDERCLIENT_READS) ;
  fdholder_end(&h) ;
  holderclient_connect(&h, destination, to, &deadline, EXITCODE_DESTINATION) ;
  if (!fdholder_setdump_g(&h, fdholder_dump_entries(&dump), fdholder_dump_count(&dump), &deadline))
    holderclient_die_asking(&h, EXITCODE_DESTINATION, "set a dump at ", destination, HOLDERCLIENT_ALL) ;
}

 /* Before a program is executed, for exec(2) would close what came. */

static void transfer_apart (char const *source, unsigned int from, char const *destination, unsigned int to)
{
  int status ;
  pid_t pid = fork() ;
  if (pid == -1) strerr_diefusys(EXITCODE_SYSTEM, "fork") ;
  if (!pid)
  {
#ifdef PR_SET_PDEATHSIG
    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) ;
#endif
    transfer(source, from, destination, to) ;
    _exit(EXITCODE_OK) ;
  }
  if (wait_pid(pid, &status) == -1) strerr_diefusys(EXITCODE_SYSTEM, "wait for the transfer") ;
  if (WIFSIGNALED(status)) strerr_dief(EXITCODE_SYSTEM, "the transfer was killed") ;
  if (WEXITSTATUS(status)) _exit(WEXITSTATUS(status)) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int from = HOLDERCLIENT_TIMEOUT ;
  unsigned int to = HOLDERCLIENT_TIMEOUT ;
  PROG = "s6-fdholder-transferdump" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!scan_timeouts(l.arg, &from, &to)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogramornone(argv + 2)) dieusage() ;

  if (argv[2]) transfer_apart(argv[0], from, argv[1], to) ;
  else transfer(argv[0], from, argv[1], to) ;
  holderclient_finish(argv + 2) ;
}
