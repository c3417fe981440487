/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <errno.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include "libfdwire/frame.h"

void frame_attach (struct msghdr *msg, union frame_control *control, int const *fds, unsigned int nfds)
{
  size_t len = nfds * sizeof(int) ;
  memset(control, 0, CMSG_SPACE(len)) ;
  control->align.cmsg_level = SOL_SOCKET ;
  control->align.cmsg_type = SCM_RIGHTS ;
  control->align.cmsg_len = CMSG_LEN(len) ;
  memcpy(CMSG_DATA(&control->align), fds, len) ;
  msg->msg_control = control->s ;
  msg->msg_controllen = CMSG_SPACE(len) ;
}

ssize_t frame_never_read (int fd, struct iovec const *v, unsigned int n)
{
  (void)fd ;
  (void)v ;
  (void)n ;
  return (errno = EAGAIN, -1) ;
}
