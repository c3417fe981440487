/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "libfdwire/rights.h"

 /* musl's sendmsg takes no more bytes of control data before its version 1.2.4, for it copies
    them to make its own padding zero, which it is already: 252 descriptors. */
enum { LIBC_MAX = 1024 } ;

void rights_attach (struct msghdr *msg, union rights_room *room, int const *fds, unsigned int n)
{
  size_t len = n * sizeof(int) ;
  memset(room, 0, CMSG_SPACE(len)) ;
  room->align.cmsg_level = SOL_SOCKET ;
  room->align.cmsg_type = SCM_RIGHTS ;
  room->align.cmsg_len = CMSG_LEN(len) ;
  memcpy(CMSG_DATA(&room->align), fds, len) ;
  msg->msg_control = room->s ;
  msg->msg_controllen = CMSG_SPACE(len) ;
}

ssize_t rights_sendmsg (int fd, struct msghdr const *msg, int flags)
{
  ssize_t r = sendmsg(fd, msg, flags) ;
#ifdef SYS_sendmsg
  if (r == -1 && errno == ENOMEM && msg->msg_controllen > LIBC_MAX) r = syscall(SYS_sendmsg, fd, msg, flags) ;
#endif
  return r ;
}

ssize_t rights_send (int fd, struct msghdr const *msg)
{
  ssize_t r ;
  do r = rights_sendmsg(fd, msg, MSG_NOSIGNAL | MSG_DONTWAIT) ;
  while (r == -1 && errno == EINTR) ;
  return r ;
}

 /* msg_controllen is CMSG_LEN: CMSG_SPACE rounds up, and may let one more in. */

ssize_t rights_receive (int fd, struct msghdr *msg, union rights_room *room)
{
  ssize_t r ;
  msg->msg_control = room->s ;
  msg->msg_controllen = CMSG_LEN(WIRE_FDS_MAX * sizeof(int)) ;
  do r = recvmsg(fd, msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) ;
  while (r == -1 && errno == EINTR) ;
  return r ;
}

unsigned int rights_take (struct msghdr *msg, rights_func *f, void *data)
{
  unsigned int taken = 0 ;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(msg) ; c ; c = CMSG_NXTHDR(msg, c))
  {
    size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) ;
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue ;
    taken += n ;
    for (size_t i = 0 ; i < n ; i++)
    {
      int fd ;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int)) ;
      (*f)(data, fd) ;
    }
  }
  return taken ;
}
