/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "libdaemon/shortage.h"
#include "libfifodir/fifodir-internal.h"
#include "libfifodir/fifodir.h"

enum { CREATION_MODE = 0700 } ;

static char const prefix[] = "ftrig1:@" ;

 /* Its sticky and set-group-id bits stay only when they come after the group. */

static int set_permissions (char const *path, gid_t gid)
{
  if (gid == FIFODIR_ANYBODY) return chmod(path, FIFODIR_PUBLIC) == 0 ;
  return chown(path, (uid_t)-1, gid) == 0 && chmod(path, FIFODIR_GROUP) == 0 ;
}

static int keep (char const *path, gid_t gid, int isforced)
{
  struct stat st ;
  if (stat(path, &st) == -1) return 0 ;
  if (!S_ISDIR(st.st_mode)) return (errno = ENOTDIR, 0) ;
  if (st.st_uid != geteuid()) return (errno = EACCES, 0) ;
  return !isforced || set_permissions(path, gid) ;
}

int fifodir_make (char const *path, gid_t gid, int isforced)
{
  int e ;
  if (mkdir(path, CREATION_MODE) == -1) return errno == EEXIST ? keep(path, gid, isforced) : 0 ;
  if (set_permissions(path, gid)) return 1 ;
  e = errno ;
  rmdir(path) ;
  return (errno = e, 0) ;
}

static int is_listeners (char const *name)
{
  return !strncmp(name, prefix, sizeof(prefix) - 1) && strlen(name) == FIFODIR_NAME ;
}

 /* Another file of that name may be anybody's trap: it is neither written to nor removed. */

static int is_fifo (int fd)
{
  struct stat st ;
  if (fstat(fd, &st) == -1) return 0 ;
  return S_ISFIFO(st.st_mode) || (errno = EINVAL, 0) ;
}

static int is_fifo_name (int dir, char const *name)
{
  struct stat st ;
  return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? S_ISFIFO(st.st_mode) : -1 ;
}

static int open_fifo (int dir, char const *name)
{
  int fd ;
  do fd = openat(dir, name, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) ;
  while (fd == -1 && errno == EINTR) ;
  return fd ;
}

 /* 0 and errno: a shortage. Whoever does not read is told nothing. */

static int write_fifo (int dir, char const *name, int fd, char const *letters, size_t len)
{
  ssize_t r = 0 ;
  if (!is_fifo(fd)) return !is_shortage(errno) ;
  if (len)
    do r = write(fd, letters, len) ;
    while (r == -1 && errno == EINTR) ;
  if (r != -1 || errno == EAGAIN) return 1 ;
  if (errno != EPIPE) return !is_shortage(errno) ;
  unlinkat(dir, name, 0) ;  /* he has gone, whether that can be or not */
  return 1 ;
}

 /* A file that its owner has a lease of cannot be opened now, either, nor one on a disk that
    may not be changed. That is no shortage: others would be told again and again. */

static int is_refused (int dir, char const *name, int e)
{
  int is = e == ENXIO || is_shortage(e) ? is_fifo_name(dir, name) : 0 ;
  if (e == ENXIO && is > 0) unlinkat(dir, name, 0) ;
  errno = e ;
  return !is_shortage(e) || !is ;
}

static int tell_one (int dir, char const *name, char const *letters, size_t len)
{
  int fd = open_fifo(dir, name) ;
  int ok, e ;
  if (fd < 0) return is_refused(dir, name, errno) ;
  ok = write_fifo(dir, name, fd, letters, len) ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return ok ;
}

int fifodir_notify (char const *path, char const *letters, size_t len)
{
  struct fifodir_names names ;
  char const *name ;
  int failed = 0 ;
  int e ;
  if (!fifodir_names_open(&names, path)) return 0 ;
  while ((name = fifodir_names_next(&names)))
    if (is_listeners(name) && !tell_one(names.fd, name, letters, len)) failed = errno ;
  e = errno ? errno : failed ;
  fifodir_names_close(&names) ;
  return e ? (errno = e, 0) : 1 ;
}

int fifodir_clean (char const *path)
{
  return fifodir_notify(path, 0, 0) ;
}
