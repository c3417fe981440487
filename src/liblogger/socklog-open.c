/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <skalibs/djbunix.h>

#include "libsockets/inetaddress.h"
#include "libsockets/unixsocket.h"
#include "liblogger/socklog-internal.h"

enum { RECEIVE_BUFFER = 1048576, PERMISSIONS = 0777 } ;

 /* Best effort: a burst outlives our pauses. */

static void raise_buffer (int fd)
{
  int size = RECEIVE_BUFFER ;
#ifdef SO_RCVBUFFORCE
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) == 0) return ;
#endif
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) ;
}

static int prepare_datagrams (struct socklog const *l, int fd, int family)
{
  int on = 1 ;
  raise_buffer(fd) ;
#ifdef SO_PASSCRED
  if (family == AF_UNIX && l->istellingpeers) return setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0 ;
#endif
  (void)on ;
  (void)l ;
  (void)family ;
  return 1 ;
}

static int give_up (int fd)
{
  int e = errno ;
  fd_close(fd) ;
  errno = e ;
  return 0 ;
}

int socklog_bind_unix (struct socklog *l, char const *path, char const **remedy)
{
  struct unixbinding binding = { .flags = UNIXBINDING_REPLACE | UNIXBINDING_EXCLUSIVE, .permissions = PERMISSIONS } ;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) ;
  *remedy = "" ;
  if (fd == -1) return 0 ;
  if (!prepare_datagrams(l, fd, AF_UNIX)) return give_up(fd) ;
  if (!unixsocket_bind(fd, path, &binding))
  {
    *remedy = binding.remedy ;
    return give_up(fd) ;
  }
  return socklog_add(l, fd, AF_UNIX, SOCKLOG_DATAGRAM) ? 1 : give_up(fd) ;
}

int socklog_bind_udp (struct socklog *l, struct sockaddr_storage const *address)
{
  int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0) ;
  if (fd == -1) return 0 ;
  if (!prepare_datagrams(l, fd, address->ss_family)) return give_up(fd) ;
  if (bind(fd, (struct sockaddr const *)address, inetaddress_length(address)) == -1) return give_up(fd) ;
  return socklog_add(l, fd, address->ss_family, SOCKLOG_DATAGRAM) ? 1 : give_up(fd) ;
}

static int get_option (int fd, int name, int *value)
{
  socklen_t len = sizeof(*value) ;
  return getsockopt(fd, SOL_SOCKET, name, value, &len) == 0 ;
}

int socklog_adopt (struct socklog *l, int fd)
{
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  struct socklog_source *x ;
  int type, islistening = 0 ;
  if (getsockname(fd, (struct sockaddr *)&address, &len) == -1 || !get_option(fd, SO_TYPE, &type)) return 0 ;
  get_option(fd, SO_ACCEPTCONN, &islistening) ;
  if (type != (islistening ? SOCK_STREAM : SOCK_DGRAM)) return (errno = EPROTOTYPE, 0) ;
  if (address.ss_family != AF_UNIX && address.ss_family != AF_INET && address.ss_family != AF_INET6) return (errno = EPROTOTYPE, 0) ;
  if (islistening ? ndelay_on(fd) == -1 : !prepare_datagrams(l, fd, address.ss_family)) return 0 ;
  x = socklog_add(l, fd, address.ss_family, islistening ? SOCKLOG_LISTENER : SOCKLOG_DATAGRAM) ;
  if (x) x->iskept = 1 ;
  return !!x ;
}

struct socklog_source *socklog_add (struct socklog *l, int fd, int family, enum socklog_kind kind)
{
  struct socklog_source *x = calloc(1, sizeof(*x)) ;
  if (!x) return 0 ;
  if (!l->sources.next)
  {
    list_init(&l->sources) ;
    list_init(&l->peers) ;
  }
  x->socklog = l ;
  x->fd = fd ;
  x->family = family ;
  x->kind = kind ;
  x->watch.fd = -1 ;
  list_append(kind == SOCKLOG_CONNECTION ? &l->peers : &l->sources, &x->node) ;
  if (kind == SOCKLOG_CONNECTION) l->connections++ ;
  return x ;
}
