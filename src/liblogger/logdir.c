/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

enum { MS_PER_SECOND = 1000, LOOK_MS = 1000, TELL_MS = 60000 } ;

static int is_failing (struct logdir const *d)
{
  return tain_less(&d->retry, &tain_infinite) ;
}

 /* Waits for better times. 0. What comes and goes is told once a minute, too. */

int logdir_fail (struct logdir *d, char const *what, struct logtime const *now)
{
  int e = errno ;
  if (!is_failing(d)) d->since = now->now ;
  if (!tain_less(&now->now, &d->telling))
  {
    d->istold = 1 ;
    log_line(d->log, LOG_WARNING, "unable to ", what, " in ", d->path, ": ", strerror(e), ": trying again, ",
      d->settings->isdropping ? "what is too much is dropped meanwhile" : "nothing is lost meanwhile") ;
    clock_after(&d->telling, &now->now, TELL_MS) ;
  }
  clock_after(&d->retry, &now->now, d->settings->retry) ;
  return (errno = e, 0) ;
}

void logdir_recover (struct logdir *d, struct logtime const *now)
{
  char seconds[UINT64_FMT] ;
  if (!is_failing(d)) return ;
  d->retry = tain_infinite ;
  if (!d->istold) return ;
  d->istold = 0 ;
  seconds[uint64_fmt(seconds, clock_elapsed(&d->since, &now->now) / MS_PER_SECOND)] = 0 ;
  log_line(d->log, LOG_WARNING, d->path, d->state == LOGDIR_CLOSED ? " is closed, after " : " takes lines again, after ", seconds, " seconds") ;
}

 /* A rotation, step by step. Each can be done twice. */

static int sync_current (struct logdir *d, struct logtime const *now)
{
  if (!logdir_sync(d->fd)) return logdir_fail(d, "fsync current", now) ;
  d->state = LOGDIR_RENAME ;
  return 1 ;
}

static int rename_current (struct logdir *d, struct logtime const *now)
{
  if (!logdir_archive(d, LOGDIR_PREVIOUS, ARCHIVE_UNFINISHED, now)) return logdir_fail(d, "archive previous", now) ;
  if (renameat(d->dir, LOGDIR_CURRENT, d->dir, LOGDIR_PREVIOUS) == -1 && errno != ENOENT) return logdir_fail(d, "rename current", now) ;
  d->state = LOGDIR_REOPEN ;
  return 1 ;
}

 /* The directory was removed: another one may come, and is noticed in time. */

static int fail_to_open (struct logdir *d, struct logtime const *now)
{
  int isgone = errno == ENOENT ;
  tain soon ;
  logdir_fail(d, "open a new current", now) ;
  clock_after(&soon, &now->now, LOOK_MS) ;
  if (isgone) clock_lower(&d->retry, &soon) ;
  return 0 ;
}

static int follow (struct logdir *d, struct logtime const *now)
{
  if (logdir_follow(d, now)) return 1 ;
  d->look = now->now ;
  return logdir_fail(d, "take over the directory that is there now", now) ;
}

static int reopen_current (struct logdir *d, struct logtime const *now)
{
  int old = d->fd ;
  int fd = logdir_open_current(d) ;
  if (fd < 0) return logdir_isreplaced(d) ? follow(d, now) : fail_to_open(d, now) ;
  d->fd = fd ;
  fd_close(old) ;
  d->torn = 0 ;
  d->state = LOGDIR_CHMOD ;
  return 1 ;
}

static int finish_previous (struct logdir *d, struct logtime const *now)
{
  if (fchmodat(d->dir, LOGDIR_PREVIOUS, d->mode | LOGDIR_FINISHED, 0) == -1 && errno != ENOENT) return logdir_fail(d, "chmod previous", now) ;
  d->state = LOGDIR_ARCHIVE ;
  return 1 ;
}

static int archive_previous (struct logdir *d, struct logtime const *now)
{
  if (d->settings->processor) logdir_begin_processing(d, now) ;
  else if (!logdir_archive(d, LOGDIR_PREVIOUS, ARCHIVE_FINISHED, now)) return logdir_fail(d, "archive previous", now) ;
  d->state = LOGDIR_TRIM ;
  return 1 ;
}

static int trim (struct logdir *d, struct logtime const *now)
{
  logdir_trim(d, now) ;
  logdir_plan(d, now) ;
  d->state = LOGDIR_WRITABLE ;
  return 1 ;
}

typedef int step_func (struct logdir *, struct logtime const *) ;

static step_func *const steps[] =
{
  [LOGDIR_WRITABLE] = 0,
  [LOGDIR_SYNC] = &sync_current,
  [LOGDIR_RENAME] = &rename_current,
  [LOGDIR_REOPEN] = &reopen_current,
  [LOGDIR_CHMOD] = &finish_previous,
  [LOGDIR_ARCHIVE] = &archive_previous,
  [LOGDIR_TRIM] = &trim,
  [LOGDIR_CLOSING] = 0,
  [LOGDIR_CLOSED] = 0
} ;

static int is_early (struct logdir const *d, struct logtime const *now)
{
  return is_failing(d) && tain_less(&now->now, &d->retry) ;
}

 /* 1: it can be written to. */

static int be_writable (struct logdir *d, struct logtime const *now)
{
  int isdone = 0 ;
  for (; steps[d->state] ; isdone = 1)
    if (!(*steps[d->state])(d, now)) return 0 ;
  if (isdone) logdir_recover(d, now) ;
  return d->state == LOGDIR_WRITABLE ;
}

 /* Somebody may have removed current, or put another one in its place: what is written
    then would be nowhere; or the directory. At most once a second. */

static int look (struct logdir *d, struct logtime const *now)
{
  struct stat st ;
  if (tain_less(&d->look, &tain_infinite) && tain_less(&now->now, &d->look)) return 1 ;
  clock_after(&d->look, &now->now, LOOK_MS) ;
  if (logdir_isreplaced(d)) return follow(d, now) ;
  if (fstat(d->fd, &st) == -1 || st.st_nlink) return 1 ;
  log_line(d->log, LOG_WARNING, d->path, "/" LOGDIR_CURRENT " was removed: making another one") ;
  d->state = LOGDIR_REOPEN ;
  return be_writable(d, now) ;
}

int logdir_isready (struct logdir *d, struct logtime const *now)
{
  return !is_early(d, now) && be_writable(d, now) && look(d, now) ;
}

static int close_current (struct logdir *d, struct logtime const *now)
{
  if (is_early(d, now)) return 0 ;
  if (d->state != LOGDIR_CLOSING && !be_writable(d, now)) return 0 ;
  d->state = LOGDIR_CLOSING ;
  if (!logdir_sync(d->fd)) return logdir_fail(d, "fsync current", now) ;
  if (fchmod(d->fd, d->mode | LOGDIR_FINISHED) == -1) return logdir_fail(d, "chmod current", now) ;
  d->state = LOGDIR_CLOSED ;
  logdir_recover(d, now) ;
  return 1 ;
}

int logdir_close (struct logdir *d, struct logtime const *now)
{
  if (d->state != LOGDIR_CLOSED && !close_current(d, now)) return 0 ;
  if (d->processing != LOGDIR_IDLE) return 0 ;
  logdir_abandon(d) ;
  return 1 ;
}
