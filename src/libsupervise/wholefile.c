/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "libsupervise/servicepath.h"
#include "libsupervise/wholefile.h"

enum { CREATION_MODE = 0666 } ;

static int close_failed (int fd)
{
  int e = errno ;
  fd_close(fd) ;
  return (errno = e, 0) ;
}

static ssize_t read_from (int fd, char *s, size_t max, off_t from)
{
  size_t len = 0 ;
  while (len < max)
  {
    ssize_t r = pread(fd, s + len, max - len, from + (off_t)len) ;
    if (r == -1 && errno == EINTR) continue ;
    if (r == -1) return -1 ;
    if (!r) break ;
    len += (size_t)r ;
  }
  return (ssize_t)len ;
}

static int open_whole (char const *path, int flags)
{
  int fd ;
  do fd = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, CREATION_MODE) ;
  while (fd == -1 && errno == EINTR) ;
  return fd ;
}

static ssize_t read_part (char const *path, char *s, size_t max, int islast, off_t *size)
{
  int fd = open_whole(path, O_RDONLY) ;
  struct stat st ;
  ssize_t len = -1 ;
  if (fd < 0) return -1 ;
  if (fstat(fd, &st) == 0)
  {
    off_t from = islast && st.st_size > (off_t)max ? st.st_size - (off_t)max : 0 ;
    if (S_ISREG(st.st_mode)) len = read_from(fd, s, max, from) ;
    else errno = EINVAL ;
  }
  if (len < 0) return (close_failed(fd), -1) ;
  fd_close(fd) ;
  if (size) *size = st.st_size ;
  return len ;
}

ssize_t wholefile_read (char const *path, char *s, size_t max, off_t *size)
{
  return read_part(path, s, max, 0, size) ;
}

ssize_t wholefile_readlast (char const *path, char *s, size_t max, off_t *size)
{
  return read_part(path, s, max, 1, size) ;
}

int wholefile_replace (char const *path, char const *s, size_t len)
{
  char new[SERVICEPATH_MAX + 4] ;
  size_t pathlen = strlen(path) ;
  int fd, e ;
  if (pathlen >= SERVICEPATH_MAX) return (errno = ENAMETOOLONG, 0) ;
  memcpy(new, path, pathlen) ;
  memcpy(new + pathlen, ".new", 5) ;
  fd = open_whole(new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW) ;
  if (fd < 0) return 0 ;
  if (allwrite(fd, s, len) == len)
  {
    fd_close(fd) ;
    if (rename(new, path) == 0) return 1 ;
  }
  else close_failed(fd) ;
  e = errno ;
  unlink(new) ;
  return (errno = e, 0) ;
}

 /* In place, so that PATH.new is left to whoever is writing it. */

int wholefile_empty (char const *path)
{
  int fd = open_whole(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW) ;
  if (fd < 0) return wholefile_replace(path, 0, 0) ;
  fd_close(fd) ;
  return 1 ;
}

int wholefile_overwrite (char const *path, char const *s, size_t len)
{
  int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) ;
  if (fd < 0) return 0 ;
  if (allwrite(fd, s, len) < len) return close_failed(fd) ;
  fd_close(fd) ;
  return 1 ;
}

static int append_to (int fd, char const *s, size_t len, size_t max)
{
  struct stat st ;
  int e ;
  if (fstat(fd, &st) == -1) return 0 ;
  if (!S_ISREG(st.st_mode)) return (errno = EINVAL, 0) ;
  if (st.st_size % (off_t)len) return (errno = EBADMSG, 0) ;
  if (st.st_size + (off_t)len > (off_t)max) return (errno = EFBIG, 0) ;
  if (allwrite(fd, s, len) == len) return 1 ;
  e = errno ;
  if (ftruncate(fd, st.st_size) == -1) return 0 ;
  return (errno = e, 0) ;
}

int wholefile_append (char const *path, char const *s, size_t len, size_t max)
{
  int fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) ;
  if (fd < 0) return 0 ;
  if (!append_to(fd, s, len, max)) return close_failed(fd) ;
  fd_close(fd) ;
  return 1 ;
}
