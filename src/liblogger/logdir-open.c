/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/svlock.h"
#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

enum { DIRECTORY_MODE = 0700, FILE_MODE = 0666, LOCK_MODE = 0600 } ;  /* who may read a lock could hold it */

static int is_finished (struct logdir *d, char const *name, int *isfinished)
{
  struct stat st ;
  *isfinished = 0 ;
  if (fstatat(d->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) return errno == ENOENT ;
  *isfinished = !!(st.st_mode & LOGDIR_FINISHED) ;
  return 1 ;
}

 /* previous and processed are of a rotation that was not finished: the one is used, and
    the other is what it was made from, or was not made whole. */

static int archive_rest (struct logdir *d, struct logtime const *now)
{
  int isprocessed ;
  if (!is_finished(d, LOGDIR_PROCESSED, &isprocessed)) return 0 ;
  if (isprocessed)
    return logdir_has_gone(d, LOGDIR_PREVIOUS) && logdir_move_state(d) && logdir_archive(d, LOGDIR_PROCESSED, ARCHIVE_FINISHED, now) ;
  return logdir_has_gone(d, LOGDIR_PROCESSED) && logdir_archive(d, LOGDIR_PREVIOUS, ARCHIVE_UNFINISHED, now) ;
}

static int touch (struct logdir *d, char const *name)
{
  int fd = openat(d->dir, name, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, FILE_MODE) ;
  if (fd < 0) return 0 ;
  fd_close(fd) ;
  return 1 ;
}

static int begin (struct logdir *d, struct logtime const *now)
{
  int isclean ;
  size_t before = d->archives.n ;
  if (!is_finished(d, LOGDIR_CURRENT, &isclean)) return 0 ;
  if (!archive_rest(d, now)) return 0 ;
  if (!isclean)
  {
    if (!logdir_has_gone(d, LOGDIR_STATE) || !logdir_has_gone(d, LOGDIR_NEWSTATE)) return 0 ;
    if (!logdir_archive(d, LOGDIR_CURRENT, ARCHIVE_UNFINISHED, now)) return 0 ;
  }
  if (!touch(d, LOGDIR_STATE)) return 0 ;
  if (d->archives.n > before) logdir_trim(d, now) ;
  d->fd = logdir_open_current(d) ;
  return d->fd >= 0 ;
}

static int take_lock (struct logdir *d)
{
  d->lock = openat(d->dir, LOGDIR_LOCK, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, LOCK_MODE) ;
  if (d->lock < 0) return 0 ;
  svlock_keep_to_owner(d->lock) ;
  if (svlock_try(d->lock, 0)) return 1 ;
  if (errno == EAGAIN || errno == EACCES) errno = EBUSY ;
  return 0 ;
}

static uint64_t period_of (struct logdir const *d, struct logtime const *now)
{
  struct script_settings const *x = d->settings ;
  return x->isaligned ? ((uint64_t)now->wall.tv_sec + x->every - x->offset) / x->every : 0 ;
}

void logdir_plan (struct logdir *d, struct logtime const *now)
{
  struct script_settings const *x = d->settings ;
  uint64_t left = x->every ;
  tain const since = { .sec = TAI_ZERO, .nano = x->isaligned ? (uint32_t)now->wall.tv_nsec : 0 } ;
  d->rotation = tain_infinite ;
  d->period = period_of(d, now) ;
  if (!x->every) return ;
  if (x->isaligned) left -= ((uint64_t)now->wall.tv_sec + x->every - x->offset) % x->every ;
  tain_addsec(&d->rotation, &now->now, left < INT_MAX ? (int)left : INT_MAX) ;
  tain_sub(&d->rotation, &d->rotation, &since) ;
}

 /* What is aligned to the clock goes by the clock, which may be set, or go faster or slower
    than the time that is waited for. */

int logdir_isold (struct logdir *d, struct logtime const *now)
{
  int ispast = !tain_less(&now->now, &d->rotation) ;
  if (!d->settings->isaligned) return ispast ;
  if (period_of(d, now) != d->period) return 1 ;
  if (ispast) logdir_plan(d, now) ;
  return 0 ;
}

void logdir_abandon (struct logdir *d)
{
  if (d->fd >= 0) fd_close(d->fd) ;
  if (d->lock >= 0) fd_close(d->lock) ;
  if (d->dir >= 0) fd_close(d->dir) ;
  d->fd = d->lock = d->dir = -1 ;
  archives_free(&d->archives) ;
}

int logdir_open (struct logdir *d, char const *path, struct script_settings const *settings, struct log *log, struct logtime const *now)
{
  static struct logdir const zero = { .dir = -1, .lock = -1, .fd = -1 } ;
  int e ;
  *d = zero ;
  d->path = path ;
  d->settings = settings ;
  d->log = log ;
  d->rotation = d->retry = d->sync = d->look = d->turn = tain_infinite ;
  if (mkdir(path, DIRECTORY_MODE) == -1 && errno != EEXIST) return 0 ;
  d->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) ;
  if (d->dir >= 0 && take_lock(d) && archives_read(&d->archives, d->dir) && begin(d, now))
  {
    logdir_plan(d, now) ;
    return 1 ;
  }
  e = errno ;
  logdir_abandon(d) ;
  return (errno = e, 0) ;
}
