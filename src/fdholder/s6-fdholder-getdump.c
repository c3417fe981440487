/* ISC license. */

#include <errno.h>
#include <sys/types.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/genalloc.h>
#include <skalibs/posixplz.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "libdaemon/closer.h"
#include "exitcodes.h"
#include "libchain/dumpenvironment.h"
#include "libchain/holderclient.h"
#include "libchain/holderoptions.h"

#define USAGE "s6-fdholder-getdump [ -t milliseconds ] socket prog..."

static void leave_open (fdholder_entry const *entries, size_t n)
{
  for (size_t i = 0 ; i < n ; i++)
    if (uncoe(entries[i].fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "keep the descriptors open") ;
}

 /* If there is no such program, we end, with descriptors whose close may wait. */

static void execute (char const *const *argv, char const *const *envp, pid_t guard)
{
  int e ;
  closer_unguard(guard) ;
  exec_e(argv, envp) ;
  e = errno ;
  closer_guard() ;
  errno = e ;
  strerr_dieexec(e == ENOENT ? EXITCODE_NOPROGRAM : EXITCODE_NOEXEC, argv[0]) ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  stralloc storage = STRALLOC_ZERO ;
  genalloc variables = GENALLOC_ZERO ;
  tain deadline ;
  pid_t guard ;
  unsigned int milliseconds ;
  PROG = "s6-fdholder-getdump" ;
  argv = holderoptions(argc, argv, USAGE, 1, 1, &milliseconds) ;
  chain_cover_standard() ;

  guard = closer_guard() ;
  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_getdump_g(&h, &dump, &deadline)) holderclient_die_asking(&h, EXITCODE_DENIED, "get a dump", 0, HOLDERCLIENT_READS) ;
  leave_open(fdholder_dump_entries(&dump), fdholder_dump_count(&dump)) ;
  if (!dumpenvironment_write(&storage, &variables, (char const *const *)environ, fdholder_dump_entries(&dump), fdholder_dump_count(&dump)))
    strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
  execute(argv + 1, genalloc_s(char const *, &variables), guard) ;
}
