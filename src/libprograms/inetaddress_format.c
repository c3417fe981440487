/* ISC license. */

#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <skalibs/types.h>

#include "inetaddress.h"

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
