/* ISC license. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <string.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>

#include <skalibs/types.h>

#include "libsockets/inetaddress.h"
#include "libdaemon/clock.h"

 /* 1, or 0 and errno. ms 0: as long as it takes. */

static int wait_writable (int fd, unsigned int ms)
{
  struct pollfd x = { .fd = fd, .events = POLLOUT } ;
  int64_t end = clock_milliseconds() + ms ;
  for (;;)
  {
    int64_t left = end - clock_milliseconds() ;
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

int inetaddress_equal (struct sockaddr_storage const *left, struct sockaddr_storage const *right)
{
  struct sockaddr_storage a = *left ;
  struct sockaddr_storage b = *right ;
  inetaddress_unmap(&a) ;
  inetaddress_unmap(&b) ;
  if (a.ss_family != b.ss_family) return 0 ;
  if (a.ss_family == AF_INET)
    return ((struct sockaddr_in const *)&a)->sin_addr.s_addr == ((struct sockaddr_in const *)&b)->sin_addr.s_addr ;
  return !memcmp(&((struct sockaddr_in6 const *)&a)->sin6_addr, &((struct sockaddr_in6 const *)&b)->sin6_addr, sizeof(struct in6_addr)) ;
}

void inetaddress_format (char *s, struct sockaddr_storage const *given)
{
  struct sockaddr_storage address = *given ;
  struct sockaddr_in6 const *ip6 = (struct sockaddr_in6 const *)&address ;
  inetaddress_unmap(&address) ;
  s[0] = 0 ;
  if (address.ss_family == AF_INET)
    inet_ntop(AF_INET, &((struct sockaddr_in const *)&address)->sin_addr, s, INETADDRESS_TEXT) ;
  else if (address.ss_family == AF_INET6)
  {
    inet_ntop(AF_INET6, &ip6->sin6_addr, s, INETADDRESS_TEXT) ;
    if (!ip6->sin6_scope_id) return ;
    s += strlen(s) ;
    *s++ = '%' ;
    s[uint_fmt(s, ip6->sin6_scope_id)] = 0 ;
  }
}

int inetaddress_is_any (struct sockaddr_storage const *given)
{
  struct sockaddr_storage address = *given ;
  inetaddress_unmap(&address) ;
  if (address.ss_family == AF_INET6)
    return IN6_IS_ADDR_UNSPECIFIED(&((struct sockaddr_in6 const *)&address)->sin6_addr) ;
  return ((struct sockaddr_in const *)&address)->sin_addr.s_addr == htonl(INADDR_ANY) ;
}

socklen_t inetaddress_length (struct sockaddr_storage const *address)
{
  return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in) ;
}

uint16_t inetaddress_port (struct sockaddr_storage const *address)
{
  return ntohs(address->ss_family == AF_INET6 ?
    ((struct sockaddr_in6 const *)address)->sin6_port :
    ((struct sockaddr_in const *)address)->sin_port) ;
}

int inetaddress_scan (struct sockaddr_storage *address, char const *s)
{
  struct sockaddr_in *ip4 = (struct sockaddr_in *)address ;
  struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)address ;
  char const *percent = strchr(s, '%') ;
  size_t len = percent ? (size_t)(percent - s) : strlen(s) ;
  char text[INETADDRESS_TEXT] ;
  memset(address, 0, sizeof(*address)) ;
  if (!percent && inet_pton(AF_INET, s, &ip4->sin_addr) == 1)
  {
    address->ss_family = AF_INET ;
    return 1 ;
  }
  if (len >= INETADDRESS_TEXT) return 0 ;
  memcpy(text, s, len) ;
  text[len] = 0 ;
  if (inet_pton(AF_INET6, text, &ip6->sin6_addr) != 1) return 0 ;
  address->ss_family = AF_INET6 ;
  if (!percent) return 1 ;
  ip6->sin6_scope_id = if_nametoindex(percent + 1) ;
  return ip6->sin6_scope_id || uint0_scan(percent + 1, &ip6->sin6_scope_id) ;
}

int inetaddress_scan_port (uint16_t *port, char const *s, char const *protocol)
{
  unsigned int number ;
  struct servent const *service ;
  if (uint0_scan(s, &number))
  {
    if (number > UINT16_MAX) return 0 ;
    *port = number ;
    return 1 ;
  }
  service = getservbyname(s, protocol) ;  /* not reentrant: nobody here has threads, nor keeps the answer */
  if (!service) return 0 ;
  *port = ntohs(service->s_port) ;
  return 1 ;
}

void inetaddress_set_port (struct sockaddr_storage *address, uint16_t port)
{
  if (address->ss_family == AF_INET6) ((struct sockaddr_in6 *)address)->sin6_port = htons(port) ;
  else ((struct sockaddr_in *)address)->sin_port = htons(port) ;
}

enum { MAPPED_OFFSET = 12 } ;

void inetaddress_unmap (struct sockaddr_storage *address)
{
  struct sockaddr_in6 ip6 ;
  struct sockaddr_in ip4 = { .sin_family = AF_INET } ;
  if (address->ss_family != AF_INET6) return ;
  memcpy(&ip6, address, sizeof(ip6)) ;
  if (!IN6_IS_ADDR_V4MAPPED(&ip6.sin6_addr)) return ;
  memcpy(&ip4.sin_addr, ip6.sin6_addr.s6_addr + MAPPED_OFFSET, sizeof(ip4.sin_addr)) ;
  ip4.sin_port = ip6.sin6_port ;
  memset(address, 0, sizeof(*address)) ;
  memcpy(address, &ip4, sizeof(ip4)) ;
}
