/* ISC license. */

#include <skalibs/nonposix.h>

#include <unistd.h>
#include <sys/stat.h>

#include "libdaemon/log.h"
#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

 /* One that has another name by now is written to all the same, as long as nothing is there
    under the old name. */

int logdir_isreplaced (struct logdir const *d)
{
  struct stat ours, there ;
  if (stat(d->path, &there) == -1 || !S_ISDIR(there.st_mode) || fstat(d->dir, &ours) == -1) return 0 ;
  return there.st_dev != ours.st_dev || there.st_ino != ours.st_ino ;
}

 /* The old one is left as at an end. Nothing waits for its processor, which may go on. */

static void leave (struct logdir *d)
{
  if (d->processing == LOGDIR_RUNNING) d->left = d->pid ;
  logdir_leave_processor(d) ;
  if (logdir_sync(d->fd) && !d->torn) fchmod(d->fd, d->mode | LOGDIR_FINISHED) ;
  logdir_abandon(d) ;
}

int logdir_follow (struct logdir *d, struct logtime const *now)
{
  struct logdir next ;
  if (!logdir_open(&next, d->path, d->settings, d->log, now)) return 0 ;
  log_line(d->log, LOG_WARNING, d->path, " is another directory now: going on there") ;
  leave(d) ;
  next.left = d->left ;
  next.retry = d->retry ;
  next.since = d->since ;
  next.telling = d->telling ;
  next.istold = d->istold ;
  *d = next ;
  return 1 ;
}
