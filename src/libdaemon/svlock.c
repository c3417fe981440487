/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "libdaemon/svlock.h"

#ifdef F_OFD_SETLK
enum { TRY = F_OFD_SETLK, WAIT = F_OFD_SETLKW } ;
#else
enum { TRY = F_SETLK, WAIT = F_SETLKW } ;
#endif

static int lock (int fd, int isshared, int how)
{
  struct flock l = { .l_type = isshared ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET } ;
  return fcntl(fd, how, &l) == 0 ;
}

int svlock_try (int fd, int isshared)
{
  return lock(fd, isshared, TRY) ;
}

int svlock_wait (int fd, int isshared)
{
  return lock(fd, isshared, WAIT) ;
}

static int fail (int fd)
{
  int e = errno ;
  fd_close(fd) ;
  return (errno = e, -1) ;
}

int svlock_take (char const *path, mode_t mode)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, mode) ;
  if (fd < 0) return -1 ;
  if (svlock_try(fd, 0)) return fd ;
  if (errno == EAGAIN || errno == EACCES) errno = EBUSY ;
  return fail(fd) ;
}

int svlock_istaken (char const *path)
{
  struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET } ;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) ;
  if (fd < 0) return -1 ;
  if (fcntl(fd, F_GETLK, &l) == -1) return fail(fd) ;
  fd_close(fd) ;
  return l.l_type != F_UNLCK ;
}
