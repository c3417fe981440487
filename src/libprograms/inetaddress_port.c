/* ISC license. */

#include <arpa/inet.h>
#include <netinet/in.h>

#include "inetaddress.h"

uint16_t inetaddress_port (struct sockaddr_storage const *address)
{
  return ntohs(address->ss_family == AF_INET6 ?
    ((struct sockaddr_in6 const *)address)->sin6_port :
    ((struct sockaddr_in const *)address)->sin_port) ;
}
