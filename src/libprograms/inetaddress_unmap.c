/* ISC license. */

#include <string.h>
#include <netinet/in.h>

#include "inetaddress.h"

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
