/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libdaemon/nowait.h"

void nowait_init (struct nowait *n, int fd)
{
  struct nowait const fresh = NOWAIT_ZERO(fd) ;
  *n = fresh ;
}

void nowait_free (struct nowait *n)
{
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    if (n->own[i] >= 0) fd_close(n->own[i]) ;
    n->own[i] = -1 ;
  }
}

static enum nowait_way first_way (int fd)
{
  struct stat st ;
  if (fstat(fd, &st) == -1) return NOWAIT_POLL ;
  if (S_ISSOCK(st.st_mode)) return NOWAIT_SOCKET ;
  if (S_ISFIFO(st.st_mode)) return NOWAIT_FLAG ;
  return S_ISCHR(st.st_mode) && isatty(fd) ? NOWAIT_OWN : NOWAIT_PLAIN ;
}

static ssize_t by_flag (struct nowait *n, char const *s, size_t len)
{
#ifdef RWF_NOWAIT
  struct iovec v = { .iov_base = (char *)s, .iov_len = len } ;
  return pwritev2(n->fd, &v, 1, -1, RWF_NOWAIT) ;
#else
  (void)n ; (void)s ; (void)len ;
  return (errno = ENOSYS, -1) ;
#endif
}

 /* An open file of our own has an O_NONBLOCK of its own. The open may be
    forbidden, for a pipe belongs to who made it. */

static int open_again (struct nowait *n)
{
  char path[sizeof("/proc/self/fd/") + UINT_FMT] = "/proc/self/fd/" ;
  if (n->own[1] >= 0) return 1 ;
  path[sizeof("/proc/self/fd/") - 1 + uint_fmt(path + sizeof("/proc/self/fd/") - 1, (unsigned int)n->fd)] = 0 ;
  n->own[1] = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) ;
  return n->own[1] >= 0 ;
}

static ssize_t by_own (struct nowait *n, char const *s, size_t len)
{
  return open_again(n) ? write(n->own[1], s, len) : -1 ;
}

#ifdef SPLICE_F_NONBLOCK

static void empty (int fd)
{
  char buf[PIPE_BUF] ;
  int e = errno ;
  while (read(fd, buf, sizeof(buf)) > 0) ;
  errno = e ;
}

 /* What goes in by one write of at most PIPE_BUF bytes is one buffer, and
    goes out whole or stays. */

static ssize_t by_splice (struct nowait *n, char const *s, size_t len)
{
  ssize_t r ;
  if (n->own[0] < 0 && pipenbcoe(n->own) == -1) return -1 ;
  r = write(n->own[1], s, len < PIPE_BUF ? len : PIPE_BUF) ;
  if (r <= 0) return r ;
  r = splice(n->own[0], 0, n->fd, 0, (size_t)r, SPLICE_F_NONBLOCK) ;
  empty(n->own[0]) ;
  return r ;
}

#else

static ssize_t by_splice (struct nowait *n, char const *s, size_t len)
{
  (void)n ; (void)s ; (void)len ;
  return (errno = ENOSYS, -1) ;
}

#endif

static ssize_t by_poll (struct nowait *n, char const *s, size_t len)
{
  struct pollfd x = { .fd = n->fd, .events = POLLOUT } ;
  int r ;
  do r = poll(&x, 1, 0) ;
  while (r == -1 && errno == EINTR) ;
  if (r == -1) return -1 ;
  if (!r) return (errno = EAGAIN, -1) ;
  return write(n->fd, s, len < PIPE_BUF ? len : PIPE_BUF) ;
}

static ssize_t write_by_way (struct nowait *n, char const *s, size_t len)
{
  switch (n->way)
  {
    case NOWAIT_UNKNOWN : n->way = first_way(n->fd) ; return write_by_way(n, s, len) ;
    case NOWAIT_PLAIN : return write(n->fd, s, len) ;
    case NOWAIT_SOCKET : return send(n->fd, s, len, MSG_DONTWAIT | MSG_NOSIGNAL) ;
    case NOWAIT_FLAG : return by_flag(n, s, len) ;
    case NOWAIT_OWN : return by_own(n, s, len) ;
    case NOWAIT_SPLICE : return by_splice(n, s, len) ;
    case NOWAIT_POLL : break ;
  }
  return by_poll(n, s, len) ;
}

static int is_shortage (int e)
{
  return e == EMFILE || e == ENFILE || e == ENOMEM ;
}

 /* What says nothing about the way. */

static int is_answer (int e)
{
  return e == EAGAIN || e == EPIPE || e == EBADF || e == EIO || e == ENOSPC || e == ECONNRESET ;
}

 /* Terminals know no splice. */

static enum nowait_way next_way (enum nowait_way way, int fd)
{
  return way == NOWAIT_OWN && isatty(fd) ? NOWAIT_POLL : way + 1 ;
}

ssize_t nowait_write (struct nowait *n, char const *s, size_t len)
{
  for (;;)
  {
    ssize_t r ;
    do r = write_by_way(n, s, len) ;
    while (r == -1 && errno == EINTR) ;
    if (r >= 0 || n->way < NOWAIT_FLAG || n->way == NOWAIT_POLL || is_answer(errno)) return r ;
    if (is_shortage(errno)) return (errno = EAGAIN, -1) ;
    nowait_free(n) ;
    n->way = next_way(n->way, n->fd) ;
  }
}
