/* ISC license. */

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "accessrules-internal.h"

static ssize_t read_bounded (int fd, char *room, size_t max)
{
  struct stat st ;
  size_t len = 0 ;
  if (fstat(fd, &st) == -1) return -1 ;
  if (S_ISFIFO(st.st_mode)) return (errno = EINVAL, -1) ;
  while (len <= max)
  {
    ssize_t r = fd_read(fd, room + len, max + 1 - len) ;
    if (r < 0) return -1 ;
    len += r ;
    if (!r || (S_ISREG(st.st_mode) && len == (size_t)st.st_size)) return len <= max ? (ssize_t)len : (errno = EMSGSIZE, -1) ;
  }
  return (errno = EMSGSIZE, -1) ;
}

ssize_t ruleset_readfile (int dirfd, char const *name, char *room, size_t max)
{
  ssize_t len ;
  int e ;
  int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC) ;
  if (fd == -1) return -1 ;
  len = read_bounded(fd, room, max) ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return len ;
}
