/* ISC license. */

#ifndef S6ACTIVATION_INETADDRESS_H
#define S6ACTIVATION_INETADDRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

 /* IPv4 and IPv6 addresses as text and as socket addresses. */

enum
{
  INETADDRESS_NAME_MAX = 255,  /* bytes of a host name */
  INETADDRESS_TEXT = 64,  /* room for an address with its scope, and a NUL */
  INETADDRESS_RESOLVED_MAX = 32
} ;

 /* Reads an address literal, with %interface where it needs one; the port is 0. 1, or 0 if s is none. */
extern int inetaddress_scan (struct sockaddr_storage *, char const *s) ;

 /* Reads a number, or a service's name for that protocol ("tcp", "udp"). 1, or 0 if it is none. */
extern int inetaddress_scan_port (uint16_t *, char const *s, char const *protocol) ;

 /* Writes the address, without its port, and a NUL. A mapped IPv4 address is written as IPv4. */
extern void inetaddress_format (char *s, struct sockaddr_storage const *) ;

extern uint16_t inetaddress_port (struct sockaddr_storage const *) ;
extern void inetaddress_set_port (struct sockaddr_storage *, uint16_t) ;
extern socklen_t inetaddress_length (struct sockaddr_storage const *) ;
extern int inetaddress_is_any (struct sockaddr_storage const *) ;

 /* ::ffff:a.b.c.d becomes a.b.c.d; others stay. */
extern void inetaddress_unmap (struct sockaddr_storage *) ;

 /* Are the addresses, without their ports, equal? */
extern int inetaddress_equal (struct sockaddr_storage const *, struct sockaddr_storage const *) ;

 /* Connects a non-blocking socket, in at most ms milliseconds (0: as long as it takes). 1, or 0 and errno: ETIMEDOUT for one. */
extern int inetaddress_connect (int fd, struct sockaddr_storage const *, unsigned int ms) ;

 /*
   The C library's resolver. It can be slow and knows no timeout, so with
   a timeout it runs in a child that is killed when the time is over; ms 0
   is no timeout, and no child. Both return -1 and errno ETIMEDOUT when it
   took longer, -1 and another errno when the lookup failed for now or the
   system did not let us try.
 */

 /* Up to max addresses of host (AF_UNSPEC: of both families). 0: it has none.
    qualify: the resolver may add a domain to host, as resolv.conf says. */
extern int inetaddress_resolve (struct sockaddr_storage *, unsigned int max, char const *host, int family, int qualify, unsigned int ms) ;

 /* The host name of an address, judged as below. 1, or 0: it has none, or an impossible one. */
extern int inetaddress_name (char *name, struct sockaddr_storage const *, unsigned int ms) ;

 /*
   What a resolver gives as a name may be anything: whoever runs the zone
   chooses it. 1: given is a host name, and is now in name, which has room
   for INETADDRESS_NAME_MAX bytes and a NUL, in lower case and without a
   final dot. 0: it has another character than letters, digits, hyphens,
   underscores and dots, an empty label, a hyphen first, more than
   INETADDRESS_NAME_MAX bytes, or is an address; name is undefined.
 */
extern int inetaddress_judge_name (char *name, char const *given) ;

#endif
