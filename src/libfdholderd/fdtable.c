/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "fdtable.h"

enum
{
  FDTABLE_MIN = 64,
  DRAIN_BYTES = 4096,
  DRAIN_FDS = 253  /* the kernel's SCM_MAX_FD: no message has more */
} ;

 /* close(2) on a connected stream socket with SO_LINGER waits for its unsent
    data: the daemon must not. A listening socket never does, and its
    accepted ones inherit the option, so it keeps it. */

static void disarm_linger (int fd)
{
  struct linger linger ;
  socklen_t len = sizeof(linger) ;
  int type, listening ;
  if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len) == -1 || !linger.l_onoff) return ;
  len = sizeof(int) ;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 || type != SOCK_STREAM) return ;
  len = sizeof(int) ;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == -1 || listening) return ;
  linger.l_onoff = 0 ;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) ;
}

static void close_for_good (int fd)
{
  int e = errno ;
  disarm_linger(fd) ;
  fd_close(fd) ;
  errno = e ;
}

static void close_rights (struct msghdr *msg)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR(msg) ; c ; c = CMSG_NXTHDR(msg, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
      for (size_t i = 0 ; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) ; i++)
      {
        int fd ;
        memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int)) ;
        close_for_good(fd) ;
      }
}

 /* The kernel closes what is unread on our time, and knows no mercy. Nothing
    more can come after the shutdown. */

void fdtable_close_connection (int fd)
{
  ssize_t r ;
  shutdown(fd, SHUT_RD) ;
  do
  {
    union { struct cmsghdr align ; char s[CMSG_SPACE(DRAIN_FDS * sizeof(int))] ; } control ;
    char bytes[DRAIN_BYTES] ;
    struct iovec v = { .iov_base = bytes, .iov_len = sizeof(bytes) } ;
    struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = sizeof(control.s) } ;
    r = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) ;
    if (r > 0) close_rights(&msg) ;
  }
  while (r > 0 || (r == -1 && errno == EINTR)) ;
  fd_close(fd) ;
}

static int grow (struct fdtable *t, int fd)
{
  size_t size = t->size ? t->size : FDTABLE_MIN ;
  uint32_t *references ;
  while (size <= (size_t)fd) size *= 2 ;
  references = realloc(t->references, size * sizeof(uint32_t)) ;
  if (!references) return 0 ;
  memset(references + t->size, 0, (size - t->size) * sizeof(uint32_t)) ;
  t->references = references ;
  t->size = size ;
  return 1 ;
}

int fdtable_adopt (void *data, int fd)
{
  struct fdtable *t = data ;
  if ((size_t)fd >= t->size && !grow(t, fd))
  {
    close_for_good(fd) ;
    return (errno = ENOMEM, 0) ;
  }
  t->references[fd] = 1 ;
  t->count++ ;
  return 1 ;
}

void fdtable_addref (void *data, int fd)
{
  struct fdtable *t = data ;
  t->references[fd]++ ;
}

void fdtable_unref (void *data, int fd)
{
  struct fdtable *t = data ;
  if (--t->references[fd]) return ;
  t->count-- ;
  close_for_good(fd) ;
}

void fdtable_free (struct fdtable *t)
{
  free(t->references) ;
  t->references = 0 ;
  t->size = 0 ;
}
