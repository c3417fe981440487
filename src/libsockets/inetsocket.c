/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "probed.h"
#include "libsockets/inetaddress.h"
#include "libsockets/inetsocket.h"

static int fail (struct inetbinding *binding, char const *failed, char const *remedy)
{
  binding->failed = failed ;
  binding->remedy = remedy ;
  return 0 ;
}

static int set (int fd, int level, int name, int value)
{
  return setsockopt(fd, level, name, &value, sizeof(value)) == 0 ;
}

static int set_reuseport (int fd)
{
#ifdef S6_ACTIVATION_HAS_REUSEPORT
  return set(fd, SOL_SOCKET, SO_REUSEPORT, 1) ;
#else
  (void)fd ;
  return (errno = EOPNOTSUPP, 0) ;
#endif
}

static int set_freebind (int fd)
{
#ifdef S6_ACTIVATION_HAS_FREEBIND
  return set(fd, IPPROTO_IP, IP_FREEBIND, 1) ;
#else
  (void)fd ;
  return (errno = EOPNOTSUPP, 0) ;
#endif
}

static int set_options (int fd, int family, struct inetbinding *binding)
{
  unsigned int flags = binding->flags ;
  if (flags & INETBINDING_REUSEADDR && !set(fd, SOL_SOCKET, SO_REUSEADDR, 1))
    return fail(binding, "set SO_REUSEADDR for ", "") ;
  if (family == AF_INET6 && !set(fd, IPPROTO_IPV6, IPV6_V6ONLY, !(flags & INETBINDING_DUALSTACK)))
    return fail(binding, "set IPV6_V6ONLY for ", "") ;
  if (flags & INETBINDING_REUSEPORT && !set_reuseport(fd)) return fail(binding, "set SO_REUSEPORT for ", "") ;
  if (flags & INETBINDING_FREEBIND && !set_freebind(fd)) return fail(binding, "set IP_FREEBIND for ", "") ;
  return 1 ;
}

int inetsocket_open (int family, struct inetbinding *binding)
{
  int fd = socket(family, binding->type, 0) ;
  int e ;
  if (fd == -1)
  {
    fail(binding, "create a socket for ", "") ;
    return -1 ;
  }
  if (set_options(fd, family, binding)) return fd ;
  e = errno ;
  close(fd) ;
  errno = e ;
  return -1 ;
}

static char const *remedy (int e)
{
  if (e == EADDRINUSE) return " (another socket has this address: end its owner, or share it with -r on both)" ;
  if (e == EADDRNOTAVAIL) return " (no interface has this address yet: -F binds to it all the same)" ;
  if (e == EACCES) return " (ports below 1024 need root)" ;
  return "" ;
}

 /* A datagram socket, in which the flag of the type may be, is not listened to. */

int inetsocket_bind (int fd, struct sockaddr_storage const *address, struct inetbinding *binding)
{
  if (bind(fd, (struct sockaddr const *)address, inetaddress_length(address)) == -1)
    return fail(binding, "bind to ", remedy(errno)) ;
  if (!binding->backlog || (binding->type & ~SOCK_NONBLOCK) != SOCK_STREAM) return 1 ;
  return listen(fd, binding->backlog) == 0 || fail(binding, "listen to ", remedy(errno)) ;
}
