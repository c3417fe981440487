/* ISC license. */

#include <netdb.h>
#include <arpa/inet.h>

#include <skalibs/types.h>

#include "inetaddress.h"

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
  service = getservbyname(s, protocol) ;
  if (!service) return 0 ;
  *port = ntohs(service->s_port) ;
  return 1 ;
}
