/* ISC license. */

#include <arpa/inet.h>
#include <netinet/in.h>

#include "inetaddress.h"

void inetaddress_set_port (struct sockaddr_storage *address, uint16_t port)
{
  if (address->ss_family == AF_INET6) ((struct sockaddr_in6 *)address)->sin6_port = htons(port) ;
  else ((struct sockaddr_in *)address)->sin_port = htons(port) ;
}
