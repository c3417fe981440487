/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "liblogger/source.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#ifdef SPLICE_F_NONBLOCK
#define HAS_TEE
#endif

static enum source_kind kind_of (int fd)
{
  struct stat st ;
  int type ;
  socklen_t len = sizeof(type) ;
  if (fstat(fd, &st) == -1) return SOURCE_OTHER ;
#ifdef HAS_TEE
  if (S_ISFIFO(st.st_mode)) return SOURCE_PIPE ;
#endif
  if (S_ISSOCK(st.st_mode) && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM) return SOURCE_SOCKET ;
  return SOURCE_OTHER ;
}

static int make_room (struct source *x, size_t len)
{
  char *bigger ;
  size_t size = len + 1 ;
  if (size <= x->size) return 1 ;
  bigger = realloc(x->s, size) ;
  if (!bigger) return 0 ;
  x->s = bigger ;
  x->size = size ;
  return 1 ;
}

 /* A pipe of another user's budget is left as it is: new pipes of his would be small soon. */

static void cushion (int fd)
{
#ifdef F_SETPIPE_SZ
  if (!geteuid()) fcntl(fd, F_SETPIPE_SZ, SOURCE_CUSHION) ;
#else
  (void)fd ;
#endif
}

 /* A pipe may be full when half of it is used: what does not fit into a page gets another one. */

static size_t most_of (struct source const *x)
{
#ifdef F_GETPIPE_SZ
  int size = x->kind == SOURCE_PIPE ? fcntl(x->fd, F_GETPIPE_SZ) : 0 ;
  if (size > 0 && size < SOURCE_BATCH) return 1 ;
#endif
  return x->kind == SOURCE_SOCKET ? 1 : SOURCE_BATCH / 2 ;
}

int source_init (struct source *x, int fd, int iscushioned)
{
  static struct source const zero = { .pipe = { -1, -1 }, .null = -1 } ;
  *x = zero ;
  x->fd = fd ;
  x->kind = kind_of(fd) ;
  if (!make_room(x, SOURCE_BATCH)) return 0 ;
  if (x->kind == SOURCE_PIPE)
  {
    x->null = open("/dev/null", O_WRONLY | O_CLOEXEC) ;
    if (x->null < 0 || pipecoe(x->pipe) == -1) x->kind = SOURCE_OTHER ;
    else if (iscushioned) cushion(fd) ;
  }
  x->most = most_of(x) ;
  return 1 ;
}

void source_free (struct source *x)
{
  for (unsigned int i = 0 ; i < 2 ; i++) if (x->pipe[i] >= 0) fd_close(x->pipe[i]) ;
  if (x->null >= 0) fd_close(x->null) ;
  free(x->s) ;
}

static ssize_t see_pipe (struct source *x, char *s)
{
#ifdef HAS_TEE
  size_t len = 0 ;
  ssize_t n ;
  do n = tee(x->fd, x->pipe[1], SOURCE_BATCH, SPLICE_F_NONBLOCK) ;
  while (n == -1 && errno == EINTR) ;
  while (n > 0 && len < (size_t)n)
  {
    ssize_t r = read(x->pipe[0], s + len, (size_t)n - len) ;
    if (r == -1 && errno == EINTR) continue ;
    if (r <= 0) return -1 ;
    len += (size_t)r ;
  }
  return n ;
#else
  (void)x ;
  (void)s ;
  return (errno = ENOSYS, -1) ;
#endif
}

 /* Somebody else may have read it meanwhile: then poll would have been wrong. */

static ssize_t see_other (struct source *x, char *s)
{
  struct pollfd p = { .fd = x->fd, .events = POLLIN } ;
  if (poll(&p, 1, 0) != 1) return (errno = EAGAIN, -1) ;
  return read(x->fd, s, x->isslow ? 1 : SOURCE_BATCH) ;
}

static ssize_t see_kind (struct source *x, char *s)
{
  switch (x->kind)
  {
    case SOURCE_PIPE : return see_pipe(x, s) ;
    case SOURCE_SOCKET : return recv(x->fd, s, SOURCE_BATCH, MSG_PEEK | MSG_DONTWAIT) ;
    default : return see_other(x, s) ;
  }
}

 /* Where there is no tee(2), as of a kernel that is none of Linux, it is read. */

static ssize_t see (struct source *x, char *s)
{
  ssize_t r ;
  do r = see_kind(x, s) ;
  while (r == -1 && errno == EINTR) ;
  if (r != -1 || x->kind != SOURCE_PIPE || (errno != EINVAL && errno != ENOSYS)) return r ;
  x->kind = SOURCE_OTHER ;
  return see(x, s) ;
}

static enum source_seen look_once (struct source *x)
{
  size_t before = x->len ;
  ssize_t r ;
  if (!make_room(x, x->held + SOURCE_BATCH)) return SOURCE_ERROR ;
  r = see(x, x->s + x->held) ;
  if (r == -1) return errno == EAGAIN || errno == EWOULDBLOCK ? SOURCE_NOTHING : SOURCE_ERROR ;
  if (!r) return SOURCE_END ;
  x->len = x->held + (size_t)r ;
  if (x->kind == SOURCE_OTHER) x->held = x->len ;
  return x->len > before ? SOURCE_SOME : SOURCE_NOTHING ;
}

static int has_hung_up (struct source const *x)
{
  struct pollfd p = { .fd = x->fd, .events = POLLRDHUP } ;
  return poll(&p, 1, 0) == 1 && p.revents & (POLLHUP | POLLRDHUP) ;
}

 /* While there is a rest, the end does not show itself. What was written just before it
    is seen by another look. */

enum source_seen source_look (struct source *x)
{
  enum source_seen seen = look_once(x) ;
  if (seen != SOURCE_NOTHING || x->len == x->held || !has_hung_up(x)) return seen ;
  seen = look_once(x) ;
  return seen == SOURCE_NOTHING ? SOURCE_END : seen ;
}

 /* What was put there by splice(2) may take more room than it has bytes: a copy of it
    fills our pipe, and so it may fill the other one. */

static int is_crammed (struct source const *x)
{
#ifdef HAS_TEE
  struct pollfd p = { .fd = x->pipe[1], .events = POLLOUT } ;
  ssize_t n = tee(x->fd, x->pipe[1], SOURCE_BATCH, SPLICE_F_NONBLOCK) ;
  int r = poll(&p, 1, 0) ;
  while (n > 0)
  {
    ssize_t some = splice(x->pipe[0], 0, x->null, 0, (size_t)n, SPLICE_F_NONBLOCK) ;
    if (some <= 0) break ;
    n -= some ;
  }
  return !r ;
#else
  (void)x ;
  return 0 ;
#endif
}

int source_isstuck (struct source const *x)
{
  if (x->len == x->held) return 0 ;
  return x->len - x->held >= x->most || (x->kind == SOURCE_PIPE && is_crammed(x)) ;
}

 /* It was seen, so it is there: nobody waits. */

static int discard (struct source *x, size_t len)
{
  while (len)
  {
    ssize_t r ;
#ifdef HAS_TEE
    if (x->kind == SOURCE_PIPE) r = splice(x->fd, 0, x->null, 0, len, SPLICE_F_NONBLOCK) ;
    else
#endif
    {
      char junk[4096] ;
      r = recv(x->fd, junk, len < sizeof(junk) ? len : sizeof(junk), MSG_DONTWAIT) ;
    }
    if (r == -1 && errno == EINTR) continue ;
    if (r == -1) return 0 ;
    if (!r) break ;
    len -= (size_t)r ;
  }
  return 1 ;
}

int source_take (struct source *x, size_t len)
{
  size_t fromheld = len < x->held ? len : x->held ;
  if (x->kind != SOURCE_OTHER && !discard(x, len - fromheld)) return 0 ;
  memmove(x->s, x->s + len, x->len - len) ;
  x->len -= len ;
  x->held -= fromheld ;
  return 1 ;
}

int source_hold (struct source *x)
{
  if (x->kind != SOURCE_OTHER && !discard(x, x->len - x->held)) return 0 ;
  x->held = x->len ;
  return 1 ;
}
