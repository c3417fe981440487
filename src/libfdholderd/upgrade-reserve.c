/* ISC license. */

 /* Descriptors of nothing, so that no client has a low one. */

#include <fcntl.h>

#include <skalibs/djbunix.h>

#include "libfdholderd/upgrade-internal.h"

 /* Numbers below the floor, and some of them for who needs low ones. */

static void reserve (struct upgrade *u, int nothing)
{
  while (u->reserved < u->reservable)
  {
    int fd = fcntl(nothing, F_DUPFD_CLOEXEC, 0) ;
    if (fd < 0) return ;
    if (fd >= UPGRADE_FLOOR)
    {
      fd_close(fd) ;
      return ;
    }
    u->reserve[u->reserved++] = fd ;
  }
}

void upgrade_reserve (struct upgrade *u)
{
  int fd = u->reserved < u->reservable ? openc_read("/dev/null") : -1 ;
  int nothing = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, UPGRADE_FLOOR) ;
  if (fd >= 0) fd_close(fd) ;
  if (nothing < 0) return ;
  reserve(u, nothing) ;
  fd_close(nothing) ;
}

void upgrade_lend_reserve (struct upgrade *u, unsigned int n)
{
  while (n-- && u->reserved) fd_close(u->reserve[--u->reserved]) ;
}

void upgrade_end (struct upgrade *u)
{
  u->reservable = 0 ;
  upgrade_lend_reserve(u, u->reserved) ;
}
