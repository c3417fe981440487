/* ISC license. */

#include <stdlib.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/fdlist.h"
#include "libchain/listenfds.h"
#include "libchain/usage.h"

#define USAGE "s6-listenfds [ -e nginx|einhorn|server-starter ] [ -n name ]... fd,fd,... prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static void *allocate (size_t n, size_t size)
{
  void *p = calloc(n, size) ;
  if (!p) strerr_diefusys(EXITCODE_SYSTEM, "allocate memory") ;
  return p ;
}

static int compare (void const *left, void const *right)
{
  int const *a = left ;
  int const *b = right ;
  return *a < *b ? -1 : *a > *b ;
}

static void check (int const *fds, unsigned int n)
{
  int *sorted = allocate(n, sizeof(int)) ;
  for (unsigned int i = 0 ; i < n ; i++) sorted[i] = fds[i] ;
  qsort(sorted, n, sizeof(int), &compare) ;
  for (unsigned int i = 1 ; i < n ; i++) if (sorted[i] == sorted[i - 1]) fdlist_die(sorted[i], " is given twice") ;
  free(sorted) ;
}

static char const *const *complete (char const *const *given, unsigned int named, unsigned int n)
{
  char const **names = allocate(n, sizeof(char const *)) ;
  for (unsigned int i = 0 ; i < n ; i++) names[i] = i < named ? given[i] : "unknown" ;
  return names ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  enum listenfds_dialect dialect = LISTENFDS_SYSTEMD ;
  char const **names = allocate(argc + 1, sizeof(char const *)) ;
  unsigned int named = 0, n ;
  int *fds ;
  PROG = "s6-listenfds" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "e:n:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'e' : if (!listenfds_dialect(&dialect, l.arg)) dieusage() ; break ;
      case 'n' :
        if (!listenfds_isname(l.arg)) strerr_dief(EXITCODE_USAGE, LISTENFDS_BADNAME) ;
        names[named++] = l.arg ;
        break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  n = fdlist_scan(argv[0], 0) ;
  if (named > n) strerr_dief(EXITCODE_USAGE, "more names than descriptors") ;
  fds = allocate(n, sizeof(int)) ;
  fdlist_scan(argv[0], fds) ;
  check(fds, n) ;
  listenfds_execute(argv + 1, dialect, fds, complete(names, named, n), n) ;
}
