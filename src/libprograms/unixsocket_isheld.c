/* ISC license. */

#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>

#include "unixbinding.h"

 /*
   A datagram socket asks: a stream socket at the other end, listening or
   not, refuses it by its type and never sees it; nobody at the other end
   is ECONNREFUSED. What cannot be found out counts as held.
 */

int unixsocket_isheld (char const *path)
{
  struct sockaddr_un address ;
  socklen_t len = unixaddress_fill(&address, path) ;
  int fd = len ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1 ;
  int held = 1 ;
  if (fd == -1) return 1 ;
  if (connect(fd, (struct sockaddr *)&address, len) == -1)
    held = errno != ECONNREFUSED && errno != ENOENT ;
  close(fd) ;
  return held ;
}
