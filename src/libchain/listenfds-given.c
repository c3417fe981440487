/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/listenfds.h"

char const *listenfds_another (void)
{
  char const *s = getenv("LISTEN_PID") ;
  unsigned long long own ;
  uint64_t id ;
  pid_t pid ;
  if (!s || !pid0_scan(s, &pid) || pid != getpid()) return "LISTEN_PID" ;
  s = getenv("LISTEN_PIDFDID") ;
  own = s ? listenfds_pidfdid() : 0 ;
  return own && (!uint640_scan(s, &id) || id != own) ? "LISTEN_PIDFDID" : 0 ;
}

static void check_open (unsigned int fd)
{
  char number[UINT_FMT] ;
  if (fcntl((int)fd, F_GETFD) != -1) return ;
  if (errno != EBADF) strerr_diefusys(EXITCODE_SYSTEM, "look at the descriptors") ;
  number[uint_fmt(number, fd)] = 0 ;
  strerr_dief(EXITCODE_USAGE, "LISTEN_FDS counts descriptor ", number, ", which is not open") ;
}

unsigned int listenfds_given (void)
{
  char const *s = getenv("LISTEN_FDS") ;
  unsigned int n ;
  if (!s || !uint0_scan(s, &n) || !n || n > INT_MAX - LISTENFDS_FIRST) strerr_dieinvalid(EXITCODE_USAGE, "LISTEN_FDS") ;
  for (unsigned int i = 0 ; i < n ; i++) check_open(LISTENFDS_FIRST + i) ;
  return n ;
}

char const **listenfds_given_names (unsigned int n)
{
  char const *given = getenv("LISTEN_FDNAMES") ;
  char const **names = calloc(n, sizeof(char const *)) ;
  char *s = given ? strdup(given) : 0 ;
  if (!names || (given && !s)) strerr_diefusys(EXITCODE_SYSTEM, "allocate memory") ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    char *colon = s ? strchr(s, ':') : 0 ;
    names[i] = s ? s : "" ;
    if (colon) *colon = 0 ;
    s = colon ? colon + 1 : 0 ;
  }
  if (s) strerr_dief(EXITCODE_USAGE, "LISTEN_FDNAMES has more names than LISTEN_FDS counts") ;
  return names ;
}
