/* ISC license. */

/* H49, H40: writing never waits, for what is no pipe: a file, a socket, a terminal. */

#include <skalibs/nonposix.h>

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "libdaemon/nowait.h"
#include "support/tap.h"

enum { PATIENCE = 30 } ;

static char const line[] = "a line that is no page\n" ;

static void check_file (void)
{
  struct nowait n ;
  int fd = memfd_create("file", MFD_CLOEXEC) ;
  nowait_init(&n, fd) ;
  tap_int(nowait_write(&n, line, sizeof(line) - 1), sizeof(line) - 1, "a file takes a line") ;
  tap_int(n.way, NOWAIT_PLAIN, "a file: plainly") ;
  close(fd) ;
}

static void check_socket (void)
{
  struct nowait n ;
  int s[2] ;
  ssize_t r ;
  int e ;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1) tap_bail("socketpair") ;
  nowait_init(&n, s[0]) ;
  tap_int(nowait_write(&n, line, sizeof(line) - 1), sizeof(line) - 1, "a socket takes a line") ;
  tap_int(n.way, NOWAIT_SOCKET, "in its own way") ;
  do r = nowait_write(&n, line, sizeof(line) - 1) ;
  while (r > 0) ;
  e = errno ;
  tap_error(r == -1 ? e : 0, EAGAIN, "a full one: EAGAIN") ;
  close(s[0]) ;
  close(s[1]) ;
}

 /* Its output is stopped, or nobody reads the other side. */

static void check_terminal (void)
{
  struct nowait n ;
  unsigned int lines = 0 ;
  int e = 0 ;
  int slave ;
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) ;
  if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1)
  {
    tap_diag("no terminals here") ;
    return ;
  }
  slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC) ;
  if (slave == -1)
  {
    tap_diag("no terminals here") ;
    return ;
  }
  nowait_init(&n, slave) ;
  alarm(PATIENCE) ;
  while (lines < 100000 && !e)
  {
    if (nowait_write(&n, line, sizeof(line) - 1) > 0) lines++ ;
    else e = errno ;
  }
  alarm(0) ;
  tap_least(lines, 1, "a terminal takes lines") ;
  tap_error(e, EAGAIN, "one that nobody reads: EAGAIN") ;
  tap_diag("after %u lines, way %d", lines, n.way) ;
  close(slave) ;
  close(master) ;
  nowait_free(&n) ;
}

int main (void)
{
  check_file() ;
  check_socket() ;
  check_terminal() ;
  return tap_done() ;
}
