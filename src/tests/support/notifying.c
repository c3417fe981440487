/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "notifying.h"

static int open_inbox (void)
{
  char const *path = getenv("NOTIFY_SOCKET") ;
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) ;
  if (!path || strlen(path) >= sizeof(address.sun_path)) return (errno = EINVAL, -1) ;
  strcpy(address.sun_path, path) ;
  if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1) return -1 ;
  return fd ;
}

int notifying_send (char const *s, size_t len, int const *fds, unsigned int n)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(NOTIFYING_FDS_MAX * sizeof(int))] ; } room ;
  struct iovec v = { .iov_base = (char *)s, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  int fd = open_inbox() ;
  int ok ;
  if (fd < 0) return 0 ;
  if (n)
  {
    memset(&room, 0, sizeof(room)) ;
    room.align.cmsg_level = SOL_SOCKET ;
    room.align.cmsg_type = SCM_RIGHTS ;
    room.align.cmsg_len = CMSG_LEN(n * sizeof(int)) ;
    memcpy(CMSG_DATA(&room.align), fds, n * sizeof(int)) ;
    msg.msg_control = room.s ;
    msg.msg_controllen = CMSG_SPACE(n * sizeof(int)) ;
  }
  ok = sendmsg(fd, &msg, MSG_NOSIGNAL) == (ssize_t)len ;
  close(fd) ;
  return ok ;
}

int notifying_barrier (int milliseconds)
{
  static char const text[] = "BARRIER=1" ;
  struct pollfd x = { .events = 0 } ;
  int p[2] ;
  int ok ;
  if (pipe(p) == -1) return 0 ;
  ok = notifying_send(text, sizeof(text) - 1, p + 1, 1) ;
  close(p[1]) ;
  x.fd = p[0] ;
  ok = ok && poll(&x, 1, milliseconds) == 1 ;
  close(p[0]) ;
  return ok ;
}

int notifying_given (void)
{
  char const *n = getenv("LISTEN_FDS") ;
  char const *pid = getenv("LISTEN_PID") ;
  if (!n) return 0 ;
  return pid && atoi(pid) == getpid() ? atoi(n) : -1 ;
}
