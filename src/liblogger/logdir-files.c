/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

enum { FILE_MODE = 0666 } ;

int logdir_has_gone (struct logdir *d, char const *name)
{
  return unlinkat(d->dir, name, 0) == 0 || errno == ENOENT ;
}

int logdir_move_state (struct logdir *d)
{
  return renameat(d->dir, LOGDIR_NEWSTATE, d->dir, LOGDIR_STATE) == 0 || errno == ENOENT ;
}

int logdir_sync (int fd)
{
  return fsync(fd) == 0 || errno == EINVAL ;
}

 /* Another name of it may be the work of somebody else: only one among the archives is one.
    It is the newest, most likely. */

static int is_archived (struct logdir const *d, struct stat const *file)
{
  struct stat st ;
  if (file->st_nlink < 2) return 0 ;
  for (size_t i = d->archives.n ; i-- ;)
    if (fstatat(d->dir, d->archives.list[i].name, &st, AT_SYMLINK_NOFOLLOW) == 0
     && st.st_dev == file->st_dev && st.st_ino == file->st_ino) return 1 ;
  return 0 ;
}

 /* Where there are no links, or none to files of others, a rename does: there is no such
    archive yet. */

static int name_again (struct logdir *d, char const *name, char const *archive)
{
  if (linkat(d->dir, name, d->dir, archive, 0) == 0) return 1 ;
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK) return 0 ;
  return renameat(d->dir, name, d->dir, archive) == 0 ;
}

 /* It gets its new name before it loses the old one: a logger that is killed in between
    finds two, and knows it. */

int logdir_archive (struct logdir *d, char const *name, enum archive_kind kind, struct logtime const *now)
{
  struct stat st ;
  char archive[ARCHIVE_NAME + 1] ;
  if (fstatat(d->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) return errno == ENOENT ;
  if (!st.st_size || is_archived(d, &st)) return logdir_has_gone(d, name) && logdir_sync(d->dir) ;
  archives_name(&d->archives, archive, &now->wall, kind) ;
  if (!archives_reserve(&d->archives) || !name_again(d, name, archive)) return 0 ;
  archives_add(&d->archives, archive, (uint64_t)st.st_size) ;
  return logdir_has_gone(d, name) && logdir_sync(d->dir) ;
}

void logdir_trim (struct logdir *d, struct logtime const *now)
{
  struct archives_limits const limits = { .total = d->settings->total, .n = d->settings->archives, .age = d->settings->age } ;
  char const *failed ;
  archives_trim(&d->archives, d->dir, &limits, &now->wall, &failed) ;
  if (failed) log_line(d->log, LOG_WARNING, "unable to delete ", d->path, "/", failed, ": ", strerror(errno)) ;
}

int logdir_open_current (struct logdir *d)
{
  int fd = openat(d->dir, LOGDIR_CURRENT, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, FILE_MODE) ;
  struct stat st ;
  if (fd < 0) return -1 ;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
  {
    d->size = (uint64_t)st.st_size ;
    d->mode = st.st_mode & ~(mode_t)LOGDIR_FINISHED & 07777 ;
    if (!(st.st_mode & LOGDIR_FINISHED) || fchmod(fd, d->mode) == 0) return fd ;
  }
  else if (!S_ISREG(st.st_mode)) errno = EINVAL ;
  fd_close(fd) ;
  return -1 ;
}
