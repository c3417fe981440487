/* ISC license. */

#include <netinet/in.h>

#include "inetaddress.h"

socklen_t inetaddress_length (struct sockaddr_storage const *address)
{
  return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in) ;
}
