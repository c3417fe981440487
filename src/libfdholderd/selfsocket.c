/* ISC license. */

#include <skalibs/nonposix.h>

#include <stddef.h>
#include <string.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "libfdholderd/selfsocket.h"

static int option (int fd, int name, int *value)
{
  socklen_t len = sizeof(int) ;
  return getsockopt(fd, SOL_SOCKET, name, value, &len) == 0 ;
}

static int credentials (int fd, struct ucred *c)
{
  socklen_t len = sizeof(*c) ;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, c, &len) == 0 ;
}

int selfsocket_init (struct selfsocket *self, int fd)
{
  struct ucred c ;
  int type, listening ;
  self->addresslen = sizeof(self->address) ;
  memset(&self->address, 0, sizeof(self->address)) ;
  if (!option(fd, SO_TYPE, &type) || !option(fd, SO_ACCEPTCONN, &listening)) return 0 ;
  if (getsockname(fd, (struct sockaddr *)&self->address, &self->addresslen) == -1) return 0 ;
  if (self->address.sun_family != AF_UNIX || type != SOCK_STREAM) return (errno = EPROTOTYPE, 0) ;
  if (!listening) return (errno = EINVAL, 0) ;
  if (!credentials(fd, &c)) return 0 ;
  self->pid = c.pid ;
  self->uid = c.uid ;
  self->gid = c.gid ;
  return 1 ;
}

static int leads_here (struct selfsocket const *self, int fd)
{
  struct sockaddr_un address ;
  socklen_t len = sizeof(address) ;
  struct ucred c ;
  int listening ;
  if (getpeername(fd, (struct sockaddr *)&address, &len) == -1) return 0 ;
  if (len != self->addresslen) return 0 ;
  if (len > sizeof(address)) len = sizeof(address) ;  /* a path of 108 bytes counts its NUL, which has no place */
  if (memcmp(&address, &self->address, len)) return 0 ;
  if (!option(fd, SO_ACCEPTCONN, &listening) || listening) return 0 ;
  return credentials(fd, &c) && c.pid == self->pid && c.uid == self->uid && c.gid == self->gid ;
}

 /* Of another domain no more is asked: their locks may be held for long. */

enum selfsocket_kind selfsocket_kind (struct selfsocket const *self, int fd)
{
  int domain ;
  if (!option(fd, SO_DOMAIN, &domain)) return SELFSOCKET_NONE ;
  if (domain != AF_UNIX) return SELFSOCKET_OTHER ;
  return leads_here(self, fd) ? SELFSOCKET_HERE : SELFSOCKET_UNIX ;
}
