/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

enum { PAUSE_MAX_MS = 60000, TELL_MS = 60000, REASON = 64 } ;

 /* Does it again, later and later. 0. */

static int fail (struct logdir *d, char const *what, char const *why, struct logtime const *now)
{
  char times[UINT_FMT] ;
  if (!d->failures++)
  {
    d->pause = d->settings->retry ;
    d->processortelling = now->now ;
  }
  else d->pause = d->pause < PAUSE_MAX_MS / 2 ? 2 * d->pause + !d->pause : PAUSE_MAX_MS ;
  times[uint_fmt(times, d->failures)] = 0 ;
  if (!tain_less(&now->now, &d->processortelling))
  {
    log_line(d->log, LOG_WARNING, "processor of ", d->path, ": ", what, why, ": trying again, after failures so far: ", times) ;
    clock_after(&d->processortelling, &now->now, TELL_MS) ;
  }
  clock_after(&d->turn, &now->now, d->pause) ;
  return 0 ;
}

static int spawn (struct logdir *d, struct logtime const *now)
{
  struct stat st ;
  if (fstatat(d->dir, LOGDIR_PREVIOUS, &st, AT_SYMLINK_NOFOLLOW) == -1 && errno == ENOENT)
  {
    d->processing = LOGDIR_IDLE ;
    return 1 ;
  }
  d->pid = logdir_start_processor(d) ;
  if (d->pid <= 0) return fail(d, "unable to start it: ", strerror(errno), now) ;
  d->processing = LOGDIR_RUNNING ;
  return 1 ;
}

 /* Only the process that was started counts: what it has left behind is its own affair. */

static int reap (struct logdir *d, struct logtime const *now)
{
  char why[REASON] ;
  int wstat ;
  pid_t r ;
  do r = waitpid(d->pid, &wstat, WNOHANG) ;
  while (r == -1 && errno == EINTR) ;
  if (!r) return 0 ;
  d->processing = LOGDIR_SPAWN ;
  if (r == -1) return fail(d, "it cannot be waited for: ", strerror(errno), now) ;
  if (WIFSIGNALED(wstat)) snprintf(why, sizeof(why), "signal %d", WTERMSIG(wstat)) ;
  else if (WEXITSTATUS(wstat)) snprintf(why, sizeof(why), "exit code %d", WEXITSTATUS(wstat)) ;
  else
  {
    d->processing = LOGDIR_DONE ;
    return 1 ;
  }
  return fail(d, "it has failed: ", why, now) ;
}

static int sync_file (struct logdir *d, char const *name, mode_t mode)
{
  int fd = openat(d->dir, name, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) ;
  int ok, e ;
  if (fd < 0) return errno == ENOENT ;
  ok = logdir_sync(fd) && (!mode || fchmod(fd, mode) == 0) ;
  e = errno ;
  fd_close(fd) ;
  return (errno = e, ok) ;
}

 /* With the mark of processed previous is superfluous: newstate is safe before. */

static int make_safe (struct logdir *d, struct logtime const *now)
{
  if (!sync_file(d, LOGDIR_NEWSTATE, 0) || !sync_file(d, LOGDIR_PROCESSED, d->mode | LOGDIR_FINISHED))
    return fail(d, "unable to fsync what it has made: ", strerror(errno), now) ;
  d->processing = LOGDIR_DROP ;
  return 1 ;
}

static int drop_previous (struct logdir *d, struct logtime const *now)
{
  if (!logdir_has_gone(d, LOGDIR_PREVIOUS)) return fail(d, "unable to delete previous: ", strerror(errno), now) ;
  d->processing = LOGDIR_NEWSTATE_BECOMES_STATE ;
  return 1 ;
}

static int move_state (struct logdir *d, struct logtime const *now)
{
  if (!logdir_move_state(d)) return fail(d, "unable to rename newstate: ", strerror(errno), now) ;
  d->processing = LOGDIR_PROCESSED_BECOMES_ARCHIVE ;
  return 1 ;
}

static int archive_processed (struct logdir *d, struct logtime const *now)
{
  if (!logdir_archive(d, LOGDIR_PROCESSED, ARCHIVE_FINISHED, now)) return fail(d, "unable to archive processed: ", strerror(errno), now) ;
  logdir_trim(d, now) ;
  d->failures = 0 ;
  d->processing = LOGDIR_IDLE ;
  return 1 ;
}

typedef int step_func (struct logdir *, struct logtime const *) ;

static step_func *const steps[] =
{
  [LOGDIR_IDLE] = 0,
  [LOGDIR_SPAWN] = &spawn,
  [LOGDIR_RUNNING] = &reap,
  [LOGDIR_DONE] = &make_safe,
  [LOGDIR_DROP] = &drop_previous,
  [LOGDIR_NEWSTATE_BECOMES_STATE] = &move_state,
  [LOGDIR_PROCESSED_BECOMES_ARCHIVE] = &archive_processed
} ;

void logdir_begin_processing (struct logdir *d, struct logtime const *now)
{
  if (d->processing != LOGDIR_IDLE) return ;
  d->processing = LOGDIR_SPAWN ;
  d->turn = now->now ;
}

void logdir_process (struct logdir *d, struct logtime const *now)
{
  if (d->processing == LOGDIR_IDLE || (d->processing != LOGDIR_RUNNING && tain_less(&now->now, &d->turn))) return ;
  d->turn = tain_infinite ;
  while (steps[d->processing])
    if (!(*steps[d->processing])(d, now)) return ;
}

void logdir_leave_processor (struct logdir *d)
{
  if (d->processing == LOGDIR_IDLE) return ;
  log_line(d->log, LOG_WARNING, "processor of ", d->path, " has not done its work: the next logger archives what it was given as it is") ;
  d->processing = LOGDIR_IDLE ;
  d->turn = tain_infinite ;
}
