/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "libsupervise/svcontrol.h"

enum { CONTROL_MODE = 0600 } ;

static int fail (int fd)
{
  int e = errno ;
  fd_close(fd) ;
  return (errno = e, -1) ;
}

static int open_fifo (char const *path, int how)
{
  int fd = open(path, how | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) ;
  struct stat st ;
  if (fd < 0) return -1 ;
  if (fstat(fd, &st) == -1) return fail(fd) ;
  if (!S_ISFIFO(st.st_mode)) return (errno = EINVAL, fail(fd)) ;
  return fd ;
}

int svcontrol_open (char const *path)
{
  if (mkfifo(path, CONTROL_MODE) == 0) return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) ;
  return errno == EEXIST ? open_fifo(path, O_RDWR) : -1 ;
}

int svcontrol_send (char const *path, char const *letters, size_t len)
{
  int fd = open_fifo(path, O_WRONLY) ;
  ssize_t r = 0 ;
  if (fd < 0) return 0 ;
  if (len)
    do r = write(fd, letters, len) ;
    while (r == -1 && errno == EINTR) ;
  if (r == -1 && errno == EPIPE) errno = ENXIO ;
  if (r == -1) fail(fd) ;
  else fd_close(fd) ;
  return r != -1 ;
}
