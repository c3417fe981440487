/* ISC license. */

#include <skalibs/exec.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/listenfds.h"

void listenfds_execute (char const *const *argv, enum listenfds_dialect dialect, int *fds, char const *const *names, unsigned int n)
{
  stralloc modifs = STRALLOC_ZERO ;
  char process[LISTENFDS_PROCESS] ;
  if (!listenfds_number(fds, n)) strerr_diefusys(EXITCODE_SYSTEM, "number the descriptors") ;
  if (!listenfds_variables(&modifs, dialect, names, n)) strerr_diefusys(EXITCODE_SYSTEM, "describe the descriptors") ;
  if (dialect == LISTENFDS_SYSTEMD && !stralloc_catb(&modifs, process, listenfds_process(process)))
    strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
  xmexec_m(argv, modifs.s, modifs.len) ;
}
