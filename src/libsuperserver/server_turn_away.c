/* ISC license. */

#include <unistd.h>
#include <sys/socket.h>

#include "internal.h"

#include "libdaemon/closer.h"

 /* A stream without bytes has none; an empty packet may have some. */

static int has_descriptors (int fd)
{
  int type = 0 ;
  socklen_t len = sizeof(int) ;
  int isstream = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM ;
  return (!isstream || closer_isunread(fd)) && closer_count_unread(fd) ;
}

 /*
   What a client has sent over a Unix socket may be descriptors, which are
   closed with it, and their close may wait for ever: such a connection is
   for the process that has a table of its own. There is none until it is
   needed.
 */

int server_close (struct closer *closer, int fd, int family)
{
  if (family == AF_UNIX && has_descriptors(fd)) return closer_begin_burial(closer) && closer_trybury(closer, fd) ;
  close(fd) ;
  return 1 ;
}

int server_turn_away (struct closer *closer, int fd, int family)
{
  if (family == AF_UNIX) shutdown(fd, SHUT_RDWR) ;  /* nothing more comes from now on */
  return server_close(closer, fd, family) ;
}
