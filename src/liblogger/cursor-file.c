/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/file.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>

#include "libdaemon/svlock.h"
#include "liblogger/cursor.h"

#define NEW ".new"
#define LOCK ".lock"

enum { FILE_MODE = 0666, LOCK_MODE = 0600, AT_ONCE = 4096 } ;

static int read_all (stralloc *sa, int fd)
{
  for (;;)
  {
    ssize_t r ;
    if (!stralloc_readyplus(sa, AT_ONCE)) return -1 ;
    r = fd_read(fd, sa->s + sa->len, AT_ONCE) ;
    if (r <= 0) return r < 0 ? -1 : 1 ;
    sa->len += (size_t)r ;
    if (sa->len > CURSOR_MAX) return (errno = EFBIG, -1) ;
  }
}

 /* Nobody else may open the file, not for reading either: he could have the lock, too. */

static int take_lock (char const *file, int *fd)
{
  *fd = open(file, O_RDONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, LOCK_MODE) ;
  if (*fd < 0) return errno != ENOMEM && errno != EMFILE && errno != ENFILE ;
  svlock_keep_to_owner(*fd) ;
  if (flock(*fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return 1 ;
  fd_close(*fd) ;
  return (errno = EBUSY, 0) ;
}

int cursor_lock (char const *file, int *fd)
{
  stralloc lock = STRALLOC_ZERO ;
  int ok = stralloc_cats(&lock, file) && stralloc_catb(&lock, LOCK, sizeof(LOCK)) && take_lock(lock.s, fd) ;
  int e = errno ;
  stralloc_free(&lock) ;
  return (errno = e, ok) ;
}

int cursor_read (stralloc *sa, char const *file)
{
  int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) ;
  int r, e ;
  if (fd < 0) return errno == ENOENT ? 0 : -1 ;
  r = read_all(sa, fd) ;
  e = errno ;
  fd_close(fd) ;
  return (errno = e, r) ;
}

static int write_new (char const *new, char const *s, size_t len, int issafe)
{
  int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, FILE_MODE) ;
  int ok, e ;
  if (fd < 0) return 0 ;
  ok = allwrite(fd, s, len) == len && (!issafe || fsync(fd) == 0 || errno == EINVAL) ;
  e = errno ;
  fd_close(fd) ;
  return (errno = e, ok) ;
}

int cursor_write (char const *file, char const *s, size_t len, int issafe)
{
  stralloc new = STRALLOC_ZERO ;
  int ok = stralloc_cats(&new, file) && stralloc_catb(&new, NEW, sizeof(NEW))
    && write_new(new.s, s, len, issafe) && rename(new.s, file) == 0 ;
  int e = errno ;
  stralloc_free(&new) ;
  return (errno = e, ok) ;
}
