/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
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

 /* It gets its new name before it loses the old one: a logger that is killed in between
    finds two, and knows it. */

int logdir_archive (struct logdir *d, char const *name, enum archive_kind kind, struct logtime const *now)
{
  struct stat st ;
  char archive[ARCHIVE_NAME + 1] ;
  if (fstatat(d->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) return errno == ENOENT ;
  if (!st.st_size || st.st_nlink > 1) return logdir_has_gone(d, name) ;
  archives_name(&d->archives, archive, &now->wall, kind) ;
  if (linkat(d->dir, name, d->dir, archive, 0) == -1) return 0 ;
  if (!archives_add(&d->archives, archive, (uint64_t)st.st_size)) return 0 ;
  return logdir_has_gone(d, name) && fsync(d->dir) == 0 ;
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
    d->mode = st.st_mode & ~(mode_t)LOGDIR_FINISHED & ALLPERMS ;
    if (!(st.st_mode & LOGDIR_FINISHED) || fchmod(fd, d->mode) == 0) return fd ;
  }
  else if (!S_ISREG(st.st_mode)) errno = EINVAL ;
  fd_close(fd) ;
  return -1 ;
}
