/* ISC license. */

#include <skalibs/nonposix.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

#include "probed.h"
#include "libfdholderd/describe.h"
#include "libfdholderd/describe-internal.h"
#include "libsockets/inetaddress.h"

#ifdef S6_ACTIVATION_HAS_VSOCK
#include <linux/vm_sockets.h>
#endif

union address
{
  struct sockaddr any ;
  struct sockaddr_storage storage ;
  struct sockaddr_un local ;
} ;

static int option (int fd, int name)
{
  int value ;
  socklen_t len = sizeof(value) ;
  return getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1 ? -1 : value ;
}

static void name_kind (struct description *d, int family, int type, int protocol)
{
  char const *kind = "socket" ;
  switch (family)
  {
    case AF_UNIX : kind = type == SOCK_STREAM ? "unix-stream" : type == SOCK_DGRAM ? "unix-dgram" : "unix-seqpacket" ; break ;
    case AF_INET :
    case AF_INET6 :
      if (protocol == IPPROTO_TCP) kind = "tcp" ;
      else if (protocol == IPPROTO_UDP) kind = "udp" ;
      break ;
#ifdef S6_ACTIVATION_HAS_VSOCK
    case AF_VSOCK : kind = "vsock" ; break ;
#endif
    default : break ;
  }
  strcpy(d->kind, kind) ;  /* words all fit */
}

 /* Returns whether there is an address. An abstract name may have NULs, a path
    need not have one. */

static int format_local (struct description *d, struct sockaddr_un const *sa, socklen_t len)
{
  size_t n = len > offsetof(struct sockaddr_un, sun_path) ? len - offsetof(struct sockaddr_un, sun_path) : 0 ;
  if (n && sa->sun_path[0]) n = strnlen(sa->sun_path, n) ;
  for (size_t i = 0 ; i < n ; i++) d->address[i] = sa->sun_path[i] ? sa->sun_path[i] : '@' ;
  d->address[n] = 0 ;
  return !!n ;
}

static int format_inet (struct description *d, struct sockaddr_storage *sa)
{
  char host[INETADDRESS_TEXT] ;
  int isv6 = sa->ss_family == AF_INET6 ;
  inetaddress_format(host, sa) ;
  if (strchr(host, ':') == 0) isv6 = 0 ;
  snprintf(d->address, sizeof(d->address), "%s%s%s:%u", isv6 ? "[" : "", host, isv6 ? "]" : "", inetaddress_port(sa)) ;
  return inetaddress_port(sa) != 0 ;
}

static int format_address (struct description *d, union address *a, socklen_t len)
{
  switch (a->any.sa_family)
  {
    case AF_UNIX : return format_local(d, &a->local, len) ;
    case AF_INET :
    case AF_INET6 : return format_inet(d, &a->storage) ;
#ifdef S6_ACTIVATION_HAS_VSOCK
    case AF_VSOCK :
    {
      struct sockaddr_vm const *vm = (struct sockaddr_vm const *)&a->storage ;
      if (vm->svm_port == VMADDR_PORT_ANY) return 0 ;
      if (vm->svm_cid == VMADDR_CID_ANY) snprintf(d->address, sizeof(d->address), "any:%u", vm->svm_port) ;
      else snprintf(d->address, sizeof(d->address), "%u:%u", vm->svm_cid, vm->svm_port) ;
      return 1 ;
    }
#endif
    default : return 0 ;
  }
}

 /* The address of a Unix socket takes no lock; those of others, and whether one
    is connected, do. */

static int is_connected (int fd)
{
  struct sockaddr_storage peer ;
  socklen_t len = sizeof(peer) ;
  return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 ;
}

 /* Of families that are not known here, a connection may be none. */

static void describe_any (struct description *d, int fd, int family, int isbound)
{
  name_kind(d, family, option(fd, SO_TYPE), option(fd, SO_PROTOCOL)) ;
  if (option(fd, SO_ACCEPTCONN) == 1) strcpy(d->state, "listening") ;  /* words all fit */
  else if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || !strcmp(d->kind, "vsock"))
    strcpy(d->state, is_connected(fd) ? "connected" : isbound ? "bound" : "unbound") ;
}

 /* A listener never becomes anything else. */

static void describe_unix (struct description *d, int fd, struct describe_listeners const *l, int isbound)
{
  struct describe_listener const *listener = describe_listeners_find(l, fd) ;
  if (!listener)
  {
    describe_any(d, fd, AF_UNIX, isbound) ;
    return ;
  }
  name_kind(d, AF_UNIX, listener->type, 0) ;
  strcpy(d->state, "listening") ;  /* words all fit */
  describe_number(d->queue, listener->queue) ;
  describe_number(d->backlog, listener->backlog) ;
}

 /* Most that are held listen: of those one call tells the most. */

void describe_socket (struct description *d, int fd, struct describe_listeners const *l, enum describe_depth depth)
{
  union address a = { .any = { .sa_family = AF_UNSPEC } } ;
  socklen_t len = sizeof(a) ;
  int isbound ;
  if (depth == DESCRIBE_SHALLOW)
  {
    name_kind(d, option(fd, SO_DOMAIN), option(fd, SO_TYPE), option(fd, SO_PROTOCOL)) ;
    if (option(fd, SO_ACCEPTCONN) == 1) strcpy(d->state, "listening") ;
    return ;
  }
  isbound = getsockname(fd, &a.any, &len) == 0 && format_address(d, &a, len) ;
  if (!isbound) d->address[0] = 0 ;
  if ((a.any.sa_family == AF_INET || a.any.sa_family == AF_INET6) && describe_tcp(d, fd, isbound)) return ;
  if (a.any.sa_family == AF_UNIX) describe_unix(d, fd, l, isbound) ;
  else describe_any(d, fd, a.any.sa_family, isbound) ;
}
