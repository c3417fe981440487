/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <string.h>
#include <stddef.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "probed.h"
#include "libsockets/unixsocket.h"
#include "libsockets/unixsocket-internal.h"

enum
{
  BIND_TRIES = 4,  /* others may bind to the same path at the same time */
  LOCK_TRIES = 100,
  LOCK_PAUSE_NS = 10000000
} ;

static int fail (struct unixbinding *binding, char const *failed, char const *remedy)
{
  binding->failed = failed ;
  binding->remedy = remedy ;
  return 0 ;
}

 /*
   Two exclusive binders that find the same dead socket must not unlink
   each other's new one: the directory itself is what they lock, so no
   lock file is left. The lock is held for microseconds; somebody who
   keeps it longer than a second is not one of us, and is not waited for.
 */

static int lock_directory (char const *path)
{
  char const *slash = strrchr(path, '/') ;
  size_t len = slash ? (slash == path ? 1 : (size_t)(slash - path)) : 1 ;
  struct timespec pause = { .tv_sec = 0, .tv_nsec = LOCK_PAUSE_NS } ;
  char directory[sizeof(((struct sockaddr_un *)0)->sun_path)] ;
  int fd ;
  if (len >= sizeof(directory)) return -1 ;  /* nor can it be bound to */
  memcpy(directory, slash ? path : ".", len) ;
  directory[len] = 0 ;
  fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) ;
  if (fd == -1) return -1 ;
  for (unsigned int i = 0 ; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) == -1 ; i++)
    nanosleep(&pause, 0) ;
  return fd ;
}

 /*
   umask(2) says what bind(2) creates; the mode of the descriptor says it
   again, for directories whose default ACL overrides the umask.
 */

static int bind_with_mode (int fd, char const *path, mode_t mode)
{
  struct sockaddr_un address ;
  socklen_t len = unixaddress_fill(&address, path) ;
  mode_t mask ;
  int r ;
  if (!len) return -1 ;
  if (unixaddress_isabstract(path)) return bind(fd, (struct sockaddr *)&address, len) ;
  if (mode != 0777) fchmod(fd, mode) ;
  mask = umask(~mode & 0777) ;
  r = bind(fd, (struct sockaddr *)&address, len) ;
  umask(mask) ;
  return r ;
}

 /*
   The group first, then the mode, and the owner last: until then nobody
   but us can put something else at path in a directory with the sticky
   bit. In one of somebody else's he can: so all steps are of one file,
   by its descriptor, and that is a socket that has no other name.
 */

#ifdef O_PATH

static int give (int fd, struct unixbinding const *binding)
{
  char name[UNIXSOCKET_PROCNAME_MAX] ;
  if (fchownat(fd, "", -1, binding->gid, AT_EMPTY_PATH) == -1) return 0 ;
  if (binding->permissions & 0077)
  {
    unixsocket_procname(name, "fd/", fd) ;
    if (chmod(name, binding->permissions) == -1)
    {
      if (errno == ENOENT) errno = EOPNOTSUPP ;
      return 0 ;
    }
  }
  return fchownat(fd, "", binding->uid, -1, AT_EMPTY_PATH) == 0 ;
}

static int set_owner (char const *path, struct unixbinding const *binding)
{
  struct stat st ;
  int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC) ;
  int ok, e ;
  if (fd == -1) return 0 ;
  ok = fstat(fd, &st) == 0 ;
  if (ok && !(S_ISSOCK(st.st_mode) && st.st_nlink == 1)) ok = (errno = EEXIST, 0) ;
  ok = ok && give(fd, binding) ;
  e = errno ;
  close(fd) ;
  errno = e ;
  return ok ;
}

#else

static int set_owner (char const *path, struct unixbinding const *binding)
{
  if (lchown(path, -1, binding->gid) == -1) return 0 ;
  if (binding->permissions & 0077
   && fchmodat(AT_FDCWD, path, binding->permissions, AT_SYMLINK_NOFOLLOW) == -1) return 0 ;
  return lchown(path, binding->uid, -1) == 0 ;
}

#endif

static int bind_file (int fd, char const *path, struct unixbinding *binding)
{
  mode_t mode = binding->flags & UNIXBINDING_OWNER ? binding->permissions & 0700 : binding->permissions ;
  for (unsigned int i = 0 ; i < BIND_TRIES ; i++)
  {
    if (bind_with_mode(fd, path, mode) == 0) return 1 ;
    if (errno != EADDRINUSE || !(binding->flags & UNIXBINDING_REPLACE) || unixaddress_isabstract(path)) break ;
    if (binding->flags & UNIXBINDING_EXCLUSIVE && unixsocket_isheld(path))
    {
      errno = EADDRINUSE ;
      return fail(binding, "bind to ", " (a process still holds the socket there)") ;
    }
    if (!unixsocket_unlink(path))
      return fail(binding, "bind to ", " (what is there is not a socket, or not ours to remove: move it away first)") ;
  }
  return fail(binding, "bind to ", errno == ENAMETOOLONG ? " (at most 107 bytes: change to its directory first)" : errno == ENOENT ? " (its directory is not there: make it first)" : "") ;
}

int unixsocket_bind (int fd, char const *path, struct unixbinding *binding)
{
  int lock = binding->flags & UNIXBINDING_EXCLUSIVE && !unixaddress_isabstract(path) ? lock_directory(path) : -1 ;
  int ok = bind_file(fd, path, binding) ;
  if (lock != -1)
  {
    int e = errno ;
    close(lock) ;
    errno = e ;
  }
  if (!ok) return 0 ;
  if (binding->flags & UNIXBINDING_OWNER && !set_owner(path, binding))
  {
    unixsocket_unlink(path) ;
    return fail(binding, "set the owner of ", errno == EOPNOTSUPP ? " (that needs /proc: mount it first)" : "") ;
  }
  return 1 ;
}

int unixsocket_make (int type, char const *path, unsigned int backlog, struct unixbinding *binding)
{
  int fd = socket(AF_UNIX, type, 0) ;
  int e ;
  if (fd == -1)
  {
    fail(binding, "create a socket for ", "") ;
    return -1 ;
  }
  if (unixsocket_bind(fd, path, binding))
  {
    if (!backlog || (type & ~SOCK_NONBLOCK) == SOCK_DGRAM || listen(fd, backlog) == 0) return fd ;
    unixsocket_unlink(path) ;
    fail(binding, "listen to ", "") ;
  }
  e = errno ;
  close(fd) ;
  errno = e ;
  return -1 ;
}

int unixsocket_unlink (char const *path)
{
  int e = errno ;
  struct stat st ;
  int gone = !unixaddress_isabstract(path) && (lstat(path, &st) == 0 ? S_ISSOCK(st.st_mode) && unlink(path) == 0 : errno == ENOENT) ;
  errno = e ;
  return gone ;
}
