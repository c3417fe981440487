/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <skalibs/djbunix.h>
#include <skalibs/socket.h>

#include "libfdwire/rights.h"
#include "libfdwire/wire.h"
#include "libnotifyd/inbox.h"

 /* The credentials come first. The rest is as long as the descriptors of the greatest
    message need, not rounded up, which might let one more in. */

#ifdef SO_PASSCRED
enum { ROOM_CREDENTIALS = CMSG_SPACE(sizeof(struct ucred)) } ;
#else
enum { ROOM_CREDENTIALS = 0 } ;
#endif

union room
{
  struct cmsghdr align ;
  char s[ROOM_CREDENTIALS + CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))] ;
} ;

int inbox_socket (void)
{
#ifdef SO_PASSCRED
  int const one = 1 ;
  int fd = ipc_datagram_nbcoe() ;
  if (fd < 0) return -1 ;
  if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) == 0) return fd ;
  fd_close(fd) ;
  return -1 ;
#else
  return (errno = ENOSYS, -1) ;
#endif
}

static pid_t find_sender (struct msghdr *msg)
{
#ifdef SO_PASSCRED
  for (struct cmsghdr *c = CMSG_FIRSTHDR(msg) ; c ; c = CMSG_NXTHDR(msg, c))
  {
    struct ucred who ;
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS || c->cmsg_len < CMSG_LEN(sizeof(who))) continue ;
    memcpy(&who, CMSG_DATA(c), sizeof(who)) ;
    return who.pid ;
  }
#endif
  (void)msg ;
  return 0 ;
}

static void keep (void *data, int fd)
{
  struct inbox_message *m = data ;
  m->fds[m->nfds++] = fd ;  /* the control buffer has room for no more */
}

int inbox_receive (int fd, struct inbox_message *m)
{
  union room room ;
  struct iovec v = { .iov_base = m->s, .iov_len = INBOX_MESSAGE_MAX } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = room.s,
    .msg_controllen = ROOM_CREDENTIALS + CMSG_LEN(WIRE_FDS_MAX * sizeof(int)) } ;
  ssize_t r ;
  do r = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) ;
  while (r == -1 && errno == EINTR) ;
  if (r < 0) return 0 ;
  m->len = (size_t)r ;
  m->nfds = 0 ;
  m->islong = !!(msg.msg_flags & MSG_TRUNC) ;
  m->iscut = rights_iscut(&msg) ;
  m->pid = find_sender(&msg) ;
  rights_take(&msg, &keep, m) ;
  return 1 ;
}

 /* Who has sent a socket may have said that its close waits until a peer has taken all. */

static void close_at_once (int fd)
{
  struct linger const no = { .l_onoff = 0 } ;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &no, sizeof(no)) ;
  fd_close(fd) ;
}

void inbox_close (struct inbox_message *m)
{
  for (unsigned int i = 0 ; i < m->nfds ; i++) if (m->fds[i] >= 0) close_at_once(m->fds[i]) ;
  m->nfds = 0 ;
}
