/* ISC license. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "inetaddress.h"

 /* 1, or 0 and errno. ms 0: as long as it takes. */

static int wait_writable (int fd, unsigned int ms)
{
  struct pollfd x = { .fd = fd, .events = POLLOUT } ;
  int64_t end = timedwork_now() + ms ;
  for (;;)
  {
    int64_t left = end - timedwork_now() ;
    int r = poll(&x, 1, !ms ? -1 : left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left) ;
    if (r == 1) return 1 ;
    if (r == 0) return (errno = ETIMEDOUT, 0) ;
    if (errno != EINTR) return 0 ;
  }
}

int inetaddress_connect (int fd, struct sockaddr_storage const *address, unsigned int ms)
{
  int e = 0 ;
  socklen_t len = sizeof(e) ;
  if (connect(fd, (struct sockaddr const *)address, inetaddress_length(address)) == 0) return 1 ;
  if (errno != EINPROGRESS || !wait_writable(fd, ms)) return 0 ;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) == -1) return 0 ;
  if (!e) return 1 ;
  errno = e ;
  return 0 ;
}
