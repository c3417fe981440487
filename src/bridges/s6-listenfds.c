/* ISC license. */

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/listenfds.h"

#define USAGE "s6-listenfds [ -e nginx|einhorn|server-starter ] [ -n name ]... fd,fd,... prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static void *allocate (size_t n, size_t size)
{
  void *p = calloc(n, size) ;
  if (!p) strerr_diefusys(EXITCODE_SYSTEM, "allocate memory") ;
  return p ;
}

 /* Decimal numbers with commas between them: how many there are, and they go to fds,
    if that is not 0. */

static unsigned int read_numbers (char const *s, int *fds)
{
  unsigned int n = 0 ;
  for (;;)
  {
    unsigned int fd ;
    size_t len = uint_scan(s, &fd) ;
    if (!len || fd > INT_MAX || (s[len] && s[len] != ',')) strerr_dief(EXITCODE_USAGE, "a list of descriptors is numbers with commas between them") ;
    if (fds) fds[n] = (int)fd ;
    n++ ;
    if (!s[len]) return n ;
    s += len + 1 ;
  }
}

static void die_of (int fd, char const *what)
{
  char number[INT_FMT] ;
  number[int_fmt(number, fd)] = 0 ;
  strerr_dief(EXITCODE_USAGE, "descriptor ", number, what) ;
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
  for (unsigned int i = 0 ; i < n ; i++)
  {
    if (fcntl(fds[i], F_GETFD) == -1) die_of(fds[i], " is not open") ;
    sorted[i] = fds[i] ;
  }
  qsort(sorted, n, sizeof(int), &compare) ;
  for (unsigned int i = 1 ; i < n ; i++) if (sorted[i] == sorted[i - 1]) die_of(sorted[i], " is given twice") ;
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
  n = read_numbers(argv[0], 0) ;
  if (named > n) strerr_dief(EXITCODE_USAGE, "more names than descriptors") ;
  fds = allocate(n, sizeof(int)) ;
  read_numbers(argv[0], fds) ;
  check(fds, n) ;
  listenfds_execute(argv + 1, dialect, fds, complete(names, named, n), n) ;
}
