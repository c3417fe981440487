/* ISC license. */

#ifndef S6ACTIVATION_SELFSOCKET_H
#define S6ACTIVATION_SELFSOCKET_H

 /* The socket that the daemon listens on, and what leads to it. */

#include <sys/socket.h>
#include <sys/un.h>

struct selfsocket
{
  struct sockaddr_un address ;
  socklen_t addresslen ;
  pid_t pid ;  /* who made it listen, as SO_PEERCRED has it */
  uid_t uid ;
  gid_t gid ;
} ;

 /* 0 and errno: fd is not a listening SOCK_STREAM Unix socket (ENOTSOCK, EPROTOTYPE, EINVAL). */
extern int selfsocket_init (struct selfsocket *, int fd) ;

 /* What a descriptor is. One that is connected to that socket leads here: to
    hold it would be to hold oneself. A socket that listens, or one of another
    process that has the same name, does not. */

enum selfsocket_kind
{
  SELFSOCKET_NONE,  /* no socket */
  SELFSOCKET_OTHER,
  SELFSOCKET_UNIX,
  SELFSOCKET_HERE
} ;

extern enum selfsocket_kind selfsocket_kind (struct selfsocket const *, int fd) ;

#endif
