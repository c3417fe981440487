/* ISC license. */

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "probed.h"
#include "libsockets/unixsocket.h"

socklen_t unixaddress_fill (struct sockaddr_un *address, char const *path)
{
  size_t len = strlen(path) ;
  size_t const offset = offsetof(struct sockaddr_un, sun_path) ;
  if (len >= sizeof(address->sun_path)) return (errno = ENAMETOOLONG, 0) ;
  memset(address, 0, sizeof(*address)) ;
  address->sun_family = AF_UNIX ;
  memcpy(address->sun_path, path, len) ;
  if (!unixaddress_isabstract(path)) return offset + len + 1 ;
#ifdef S6_ACTIVATION_HAS_ABSTRACT
  address->sun_path[0] = 0 ;
  return offset + len ;
#else
  return (errno = EOPNOTSUPP, 0) ;
#endif
}
