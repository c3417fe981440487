/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/stat.h>

#include "libsockets/fifo.h"

enum
{
  MAKE_TRIES = 4,  /* others may make one at the same path at the same time */
  OURS_ONLY = 0600
} ;

static int fail (struct unixbinding *binding, char const *failed, char const *remedy)
{
  binding->failed = failed ;
  binding->remedy = remedy ;
  return 0 ;
}

int fifo_unlink (char const *path)
{
  int e = errno ;
  struct stat st ;
  int gone = lstat(path, &st) == 0 ? S_ISFIFO(st.st_mode) && unlink(path) == 0 : errno == ENOENT ;
  errno = e ;
  return gone ;
}

static int make_ours (char const *path)
{
  mode_t mask = umask(~OURS_ONLY & 0777) ;  /* one that keeps us out would make it one that we cannot open */
  int r = mkfifo(path, OURS_ONLY) ;
  umask(mask) ;
  return r == 0 ;
}

static int make (char const *path, struct unixbinding *binding)
{
  for (unsigned int i = 0 ; i < MAKE_TRIES ; i++)
  {
    if (make_ours(path)) return 1 ;
    if (errno != EEXIST) return fail(binding, "make ", "") ;
    if (binding->flags & UNIXBINDING_EXCLUSIVE)
      return fail(binding, "make ", " (something is there; without -e a FIFO is replaced)") ;
    if (!fifo_unlink(path))
      return fail(binding, "make ", " (what is there is not a FIFO, or not ours to remove: move it away first)") ;
  }
  return fail(binding, "make ", "") ;
}

 /* The owner last, for he may do the rest then. All by the descriptor: what is at path may be another one by now. */

static int give (int fd, struct unixbinding const *binding)
{
  if (binding->flags & UNIXBINDING_OWNER && fchown(fd, -1, binding->gid) == -1) return 0 ;
  if (fchmod(fd, binding->permissions) == -1) return 0 ;
  return !(binding->flags & UNIXBINDING_OWNER) || fchown(fd, binding->uid, -1) == 0 ;
}

 /* In a directory of somebody else's it may be another one by now: not one that has a name elsewhere. */

static int open_made (char const *path)
{
  struct stat st ;
  int fd = open(path, O_RDWR | O_NOFOLLOW) ;
  if (fd == -1) return -1 ;
  if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && st.st_nlink == 1) return fd ;
  close(fd) ;
  errno = EEXIST ;
  return -1 ;
}

int fifo_make (char const *path, struct unixbinding *binding)
{
  int fd, e ;
  if (!make(path, binding)) return -1 ;
  fd = open_made(path) ;
  if (fd == -1) fail(binding, "open ", "") ;
  else if (give(fd, binding)) return fd ;
  else fail(binding, "set the owner of ", "") ;
  e = errno ;
  if (fd != -1) close(fd) ;
  fifo_unlink(path) ;
  errno = e ;
  return -1 ;
}
