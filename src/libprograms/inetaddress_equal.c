/* ISC license. */

#include <string.h>
#include <netinet/in.h>

#include "inetaddress.h"

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
