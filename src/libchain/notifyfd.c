/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/notifyfd.h"

enum { FIRST_FREE_FD = 3 } ;

static int is_alone (int fd)
{
  struct sockaddr_storage peer ;
  socklen_t len = sizeof(peer) ;
  return getpeername(fd, (struct sockaddr *)&peer, &len) == -1 && errno == ENOTCONN ;
}

int notifyfd_scan (char const *s)
{
  unsigned int n ;
  int flags ;
  if (!uint0_scan(s, &n) || n < FIRST_FREE_FD) strerr_dief(EXITCODE_USAGE, "-d must be 3 or more") ;
  flags = n > INT_MAX ? -1 : fcntl((int)n, F_GETFL) ;
  if (flags == -1) strerr_dief(EXITCODE_USAGE, "-d ", s, ": not an open descriptor") ;
  if ((flags & O_ACCMODE) == O_RDONLY) strerr_dief(EXITCODE_USAGE, "-d ", s, ": nothing can be written there") ;
  if (is_alone((int)n)) strerr_dief(EXITCODE_USAGE, "-d ", s, ": a socket to which nobody is connected") ;
  return (int)n ;
}

void notifyfd_tell (int fd)
{
  struct sigaction const ignore = { .sa_handler = SIG_IGN } ;
  struct sigaction before ;
  if (fd < 0) return ;
  sigaction(SIGPIPE, &ignore, &before) ;
  if (allwrite(fd, "\n", 1) < 1) strerr_warnwusys("tell that it is ready") ;
  sigaction(SIGPIPE, &ignore, 0) ;  /* where it is blocked, it waits all the same: this forgets it */
  sigaction(SIGPIPE, &before, 0) ;
  fd_close(fd) ;
}
