/* ISC license. */

#include <errno.h>
#include <sys/socket.h>

#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libsuperserver/superserver.h"

void superserver_check_listener (int family)
{
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  int listens = 0 ;
  socklen_t size = sizeof(listens) ;
  if (getsockname(0, (struct sockaddr *)&address, &len) == -1)
    strerr_dief(EXITCODE_USAGE, "stdin is not a socket") ;
  if (family == AF_UNIX && address.ss_family != AF_UNIX)
    strerr_dief(EXITCODE_USAGE, "stdin is not a Unix socket") ;
  if (family == AF_INET && address.ss_family != AF_INET && address.ss_family != AF_INET6)
    strerr_dief(EXITCODE_USAGE, "stdin is not a TCP socket") ;
  if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && !listens)
    strerr_dief(EXITCODE_USAGE, "stdin is a socket that does not listen (was it bound with -b 0, or with -m?)") ;
}
