/* ISC license. */

#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "internal.h"

 /*
   What a client has sent over a Unix socket may be descriptors, which are
   closed when the last of those who have the socket closes it; and their
   close may wait, for a file system in user space, or because they linger.
   So where something is unread, the last one is a child that does nothing
   but end. An end does not linger, and if it waits, nobody waits for it.
 */

static int may_have_descriptors (int fd)
{
  int unread = 0 ;
  int type = 0 ;
  socklen_t len = sizeof(int) ;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 || type != SOCK_STREAM) return 1 ;  /* an empty packet may have some */
  return ioctl(fd, FIONREAD, &unread) == -1 || unread ;
}

 /* It keeps nothing of ours open while it waits, and ends when we have closed fd. */

static void wait_and_end (int fd, int const *p)
{
  char c ;
  int kept = p[0] < fd ? p[0] : fd ;
  for (int i = 0 ; i < kept ; i++) close(i) ;
  close(p[1]) ;
  while (read(p[0], &c, 1) == -1) ;
  _exit(0) ;
}

void server_turn_away (int fd, int family)
{
  int p[2] ;
  if (family == AF_UNIX) shutdown(fd, SHUT_RDWR) ;  /* nothing more comes from now on */
  if (family == AF_UNIX && may_have_descriptors(fd) && pipe(p) == 0)
  {
    if (!fork()) wait_and_end(fd, p) ;
    close(fd) ;
    close(p[0]) ;
    close(p[1]) ;
  }
  else close(fd) ;
}
