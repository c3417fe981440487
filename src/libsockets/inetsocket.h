/* ISC license. */

#ifndef S6ACTIVATION_INETSOCKET_H
#define S6ACTIVATION_INETSOCKET_H

#include <sys/socket.h>

 /* TCP and UDP sockets that are bound to an address. */

enum inetbinding_flag
{
  INETBINDING_REUSEADDR = 0x01,  /* a port that old connections still use; of two UDP sockets, both have it */
  INETBINDING_REUSEPORT = 0x02,  /* share the port with others that do */
  INETBINDING_FREEBIND = 0x04,  /* an address that no interface has yet */
  INETBINDING_DUALSTACK = 0x08  /* an IPv6 socket serves IPv4 as well */
} ;

struct inetbinding
{
  unsigned int flags ;
  int type ;  /* for socket(2): SOCK_STREAM or SOCK_DGRAM, and SOCK_NONBLOCK */
  unsigned int backlog ;  /* of a stream; 0: it is not listened to */
  char const *failed ;  /* out: what could not be done; the address is to follow */
  char const *remedy ;  /* out: what to do about it, or "" */
} ;

 /* A socket with those flags. It has the lowest number that is free. -1: errno, failed and remedy are set. */
extern int inetsocket_open (int family, struct inetbinding *binding) ;

 /* Binds it, and listens to it. 1; or 0: errno, failed and remedy are set. fd stays with the caller. */
extern int inetsocket_bind (int fd, struct sockaddr_storage const *, struct inetbinding *binding) ;

#endif
