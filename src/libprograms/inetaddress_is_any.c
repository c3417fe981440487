/* ISC license. */

#include <arpa/inet.h>
#include <netinet/in.h>

#include "inetaddress.h"

int inetaddress_is_any (struct sockaddr_storage const *given)
{
  struct sockaddr_storage address = *given ;
  inetaddress_unmap(&address) ;
  if (address.ss_family == AF_INET6)
    return IN6_IS_ADDR_UNSPECIFIED(&((struct sockaddr_in6 const *)&address)->sin6_addr) ;
  return ((struct sockaddr_in const *)&address)->sin_addr.s_addr == htonl(INADDR_ANY) ;
}
