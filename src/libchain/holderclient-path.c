/* ISC license. */

#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "libchain/holderclient.h"
#include "libsockets/unixsocket.h"

 /* Whoever stored the socket chose its path: it is written as an identifier is. */

static void warn (char const *path, char const *what)
{
  stralloc quoted = STRALLOC_ZERO ;
  if (holderclient_quote(&quoted, path) && stralloc_0(&quoted)) path = quoted.s ;
  else path = "(no memory to write it)" ;
  strerr_warnw("the path of the socket, ", path, what, ": nobody can connect to it (see s6-activation(7))") ;
  stralloc_free(&quoted) ;
}

void holderclient_doubt_path (int fd)
{
  struct sockaddr_un address ;
  switch (unixsocket_path(fd, &address))
  {
    case UNIXSOCKET_PATH_GONE : warn(address.sun_path, ", is gone") ; break ;
    case UNIXSOCKET_PATH_ANOTHER : warn(address.sun_path, ", leads to something else") ; break ;
    default : break ;
  }
}
