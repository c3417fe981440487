/* ISC license. */

#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <skalibs/types.h>

#include "inetaddress.h"

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
