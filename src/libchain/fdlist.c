/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/fdlist.h"

void fdlist_die (int fd, char const *what)
{
  char number[INT_FMT] ;
  number[int_fmt(number, fd)] = 0 ;
  strerr_dief(EXITCODE_USAGE, "descriptor ", number, what) ;
}

unsigned int fdlist_scan (char const *s, int *fds)
{
  unsigned int n = 0 ;
  for (;;)
  {
    unsigned int fd ;
    size_t len = uint_scan(s, &fd) ;
    if (!len || fd > INT_MAX || (s[len] && s[len] != ',')) strerr_dief(EXITCODE_USAGE, "a list of descriptors is numbers with commas between them") ;
    if (fcntl((int)fd, F_GETFD) == -1)
    {
      if (errno != EBADF) strerr_diefusys(EXITCODE_SYSTEM, "look at the descriptors") ;
      fdlist_die((int)fd, " is not open") ;
    }
    if (fds) fds[n] = (int)fd ;
    n++ ;
    if (!s[len]) return n ;
    s += len + 1 ;
  }
}
