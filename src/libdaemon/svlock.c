/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "libdaemon/svlock.h"

#ifdef F_OFD_SETLK
enum { TRY = F_OFD_SETLK, WAIT = F_OFD_SETLKW } ;
#else
enum { TRY = F_SETLK, WAIT = F_SETLKW } ;
#endif

enum { NEW_SIZE = 4096 + sizeof(".new"), OWNERS_MODE = 0600, MODE_BITS = 07777 } ;

void svlock_keep_to_owner (int fd)
{
  struct stat st ;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1) fchmod(fd, OWNERS_MODE) ;
}

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

static int open_file (char const *path, int flags, mode_t mode)
{
  return open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, mode) ;
}

int svlock_open (char const *path)
{
  int fd = open_file(path, O_WRONLY | O_CREAT | O_NOFOLLOW, OWNERS_MODE) ;
  if (fd < 0) return errno == ELOOP ? open_file(path, O_WRONLY | O_CREAT, OWNERS_MODE) : -1 ;
  svlock_keep_to_owner(fd) ;
  return fd ;
}

static int is_taken (int e)
{
  return e == EAGAIN || e == EACCES ;
}

 /* Who may do no more than look at the file can have a shared lock, for as long as he likes.
    Another file takes the place of that one. It is locked before others can look at it; and
    with a shared lock on the old one, too, that nobody gets in there meanwhile: who gets in
    later sees that it has no name any more. */

static int is_there (char const *path, struct stat const *was)
{
  struct stat st ;
  return stat(path, &st) == 0 && ((st.st_dev == was->st_dev && st.st_ino == was->st_ino) || (errno = EAGAIN, 0)) ;
}

static int put_another (char const *path, int old)
{
  char new[NEW_SIZE] ;
  struct stat st ;
  int fd ;
  if (snprintf(new, sizeof(new), "%s.new", path) >= NEW_SIZE) return (errno = ENAMETOOLONG, -1) ;
  if (!svlock_try(old, 1) || fstat(old, &st) == -1) return -1 ;
  fd = open_file(new, O_WRONLY | O_CREAT | O_NOFOLLOW, OWNERS_MODE) ;
  if (fd < 0) return -1 ;
  if (svlock_try(fd, 0) && is_there(path, &st) && rename(new, path) == 0 && fchmod(fd, st.st_mode & MODE_BITS) == 0) return fd ;
  return fail(fd) ;
}

static int take_another (char const *path)
{
  int old = open_file(path, O_RDONLY, 0) ;
  int fd = old < 0 ? -1 : put_another(path, old) ;
  if (old >= 0) fail(old) ;
  return fd ;
}

static int has_name (int fd)
{
  struct stat st ;
  return fstat(fd, &st) == 0 && (st.st_nlink || (errno = EAGAIN, 0)) ;
}

 /* A new one has its mode whatever the umask is; one that is there keeps its own. */

static int open_or_make (char const *path, mode_t mode)
{
  int fd = open_file(path, O_WRONLY, 0) ;
  if (fd >= 0 || errno != ENOENT) return fd ;
  fd = open_file(path, O_WRONLY | O_CREAT, mode) ;
  return fd < 0 || fchmod(fd, mode) == 0 ? fd : fail(fd) ;
}

int svlock_take (char const *path, mode_t mode)
{
  int fd = open_or_make(path, mode) ;
  if (fd < 0 || (svlock_try(fd, 0) && has_name(fd))) return fd ;
  fail(fd) ;
  if (!is_taken(errno)) return -1 ;
  fd = take_another(path) ;
  if (fd < 0 && is_taken(errno)) errno = EBUSY ;
  return fd ;
}

int svlock_istaken (char const *path)
{
  struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET } ;
  int fd = open_file(path, O_RDONLY, 0) ;
  if (fd < 0) return -1 ;
  if (fcntl(fd, F_GETLK, &l) == -1) return fail(fd) ;
  fd_close(fd) ;
  return l.l_type != F_UNLCK ;
}
