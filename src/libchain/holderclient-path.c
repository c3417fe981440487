/* ISC license. */

#include <skalibs/strerr.h>

#include "libchain/holderclient.h"
#include "libsockets/unixsocket.h"

void holderclient_doubt_path (int fd)
{
  struct sockaddr_un address ;
  switch (unixsocket_path(fd, &address))
  {
    case UNIXSOCKET_PATH_GONE :
      strerr_warnw("the path of the socket, ", address.sun_path, ", is gone: nobody can connect to it (see s6-activation(7))") ;
      break ;
    case UNIXSOCKET_PATH_ANOTHER :
      strerr_warnw("the path of the socket, ", address.sun_path, ", leads to something else: nobody can connect to it (see s6-activation(7))") ;
      break ;
    default : break ;
  }
}
