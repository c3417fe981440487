/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "libdaemon/closer.h"
#include "libfdholderd/fdtable.h"
#include "libfdwire/rights.h"

enum
{
  FDTABLE_MIN = 64,
  DRAIN_BYTES = 4096
} ;

static void close_for (struct fdtable *t, int fd, void *owner)
{
  int e = errno ;
  struct closer_lane *lane = owner ? (*t->charge)(t->data, owner, FDTABLE_CLOSING) : 0 ;
  if (t->closer) closer_close(t->closer, fd, lane, owner) ;
  else
  {
    closer_close_here(fd) ;
    if (owner) (*t->charge)(t->data, owner, FDTABLE_CLOSED) ;
  }
  errno = e ;
}

void fdtable_close (struct fdtable *t, int fd, void *owner)
{
  if (!t->charge) owner = 0 ;
  if (owner) (*t->charge)(t->data, owner, FDTABLE_HELD) ;
  close_for(t, fd, owner) ;
}

void fdtable_closed (void *data, void *owner)
{
  struct fdtable *t = data ;
  (*t->charge)(t->data, owner, FDTABLE_CLOSED) ;
}

static void close_one (void *data, int fd)
{
  fdtable_close(data, fd, 0) ;
}

 /* Without helpers: what is unread is closed one by one, for the kernel
    would close it on our time and know no mercy. */

static void drain (struct fdtable *t, int fd)
{
  ssize_t r ;
  do
  {
    union rights_room rights ;
    char bytes[DRAIN_BYTES] ;
    struct iovec v = { .iov_base = bytes, .iov_len = sizeof(bytes) } ;
    struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
    r = rights_receive(fd, &msg, &rights) ;
    if (r > 0) rights_take(&msg, &close_one, t) ;
  }
  while (r > 0) ;
}

void fdtable_open_connection (struct fdtable *t, int fd)
{
  t->connections++ ;
  if (t->closer) closer_own(t->closer, fd, 1) ;
}

void fdtable_end_connection (struct fdtable *t, int fd)
{
  t->connections-- ;
  if (t->closer) closer_own(t->closer, fd, 0) ;
  fd_close(fd) ;
}

 /* After the shutdown nothing more can come. Where nothing has, it holds no
    descriptor of others, and nobody but us has it. */

void fdtable_close_connection (struct fdtable *t, int fd)
{
  int isalone = !t->closer || !closer_hashelpers(t->closer) ;
  shutdown(fd, isalone ? SHUT_RD : SHUT_RDWR) ;
  if (isalone) drain(t, fd) ;
  else if (closer_isunread(fd) && closer_count_unread(fd))
  {
    t->connections-- ;
    closer_own(t->closer, fd, 0) ;
    closer_bury(t->closer, fd) ;
    return ;
  }
  fdtable_end_connection(t, fd) ;
}

static int grow (struct fdtable *t, int fd)
{
  size_t size = t->size ? t->size : FDTABLE_MIN ;
  uint32_t *references ;
  void **owners ;
  uint8_t *stays ;
  while (size <= (size_t)fd) size *= 2 ;
  references = realloc(t->references, size * sizeof(uint32_t)) ;
  if (!references) return 0 ;
  t->references = references ;
  owners = realloc(t->owners, size * sizeof(void *)) ;
  if (!owners) return 0 ;
  t->owners = owners ;
  stays = realloc(t->stays, size) ;
  if (!stays) return 0 ;
  t->stays = stays ;
  memset(stays + t->size, 0, size - t->size) ;
  memset(references + t->size, 0, (size - t->size) * sizeof(uint32_t)) ;
  t->size = size ;
  return 1 ;
}

int fdtable_makeroom (struct fdtable *t, int fd)
{
  return (size_t)fd < t->size || grow(t, fd) || (errno = ENOMEM, 0) ;
}

int fdtable_adopt_for (struct fdtable *t, int fd, void *owner)
{
  if (!t->charge) owner = 0 ;
  if (owner) (*t->charge)(t->data, owner, FDTABLE_HELD) ;
  if ((size_t)fd >= t->size && !grow(t, fd))
  {
    close_for(t, fd, owner) ;
    return (errno = ENOMEM, 0) ;
  }
  t->references[fd] = 1 ;
  t->owners[fd] = owner ;
  t->stays[fd] = 0 ;
  t->count++ ;
  return 1 ;
}

int fdtable_adopt (void *data, int fd)
{
  return fdtable_adopt_for(data, fd, 0) ;
}

void fdtable_addref (void *data, int fd)
{
  struct fdtable *t = data ;
  t->references[fd]++ ;
}

int fdtable_stay (struct fdtable *t, int fd)
{
  if (fcntl(fd, F_SETFD, 0) == -1) return 0 ;
  t->stays[fd] = 1 ;
  return 1 ;
}

static void leave (struct fdtable *t, int fd)
{
  fcntl(fd, F_SETFD, FD_CLOEXEC) ;
  t->stays[fd] = 0 ;
}

void fdtable_leave (struct fdtable *t)
{
  for (size_t fd = 0 ; fd < t->size ; fd++) if (t->stays[fd]) leave(t, (int)fd) ;
}

void fdtable_unref (void *data, int fd)
{
  struct fdtable *t = data ;
  if (--t->references[fd]) return ;
  t->count-- ;
  if (t->stays[fd]) leave(t, fd) ;
  close_for(t, fd, t->owners[fd]) ;
}

uint64_t fdtable_count (struct fdtable const *t)
{
  return t->count + (t->closer ? closer_pending(t->closer) : 0) ;
}

void fdtable_free (struct fdtable *t)
{
  free(t->references) ;
  free(t->owners) ;
  free(t->stays) ;
  t->references = 0 ;
  t->owners = 0 ;
  t->stays = 0 ;
  t->size = 0 ;
}
