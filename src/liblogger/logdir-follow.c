/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

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

void logdir_reap_left (struct logdir *d)
{
  for (unsigned int i = 0 ; i < LOGDIR_LEFT ; i++)
    if (d->left[i] && waitpid(d->left[i], 0, WNOHANG)) d->left[i] = 0 ;
}

 /* One that there is no room for is nobody's: init's, once we have ended. */

static void leave_processor (struct logdir *d)
{
  unsigned int i = 0 ;
  logdir_reap_left(d) ;
  while (i < LOGDIR_LEFT && d->left[i]) i++ ;
  if (i < LOGDIR_LEFT) d->left[i] = d->pid ;
}

 /* The old one is left as at an end. Nothing waits for its processor, which may go on. */

static void leave (struct logdir *d)
{
  if (d->processing == LOGDIR_RUNNING) leave_processor(d) ;
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
  memcpy(next.left, d->left, sizeof(next.left)) ;
  next.retry = d->retry ;
  next.since = d->since ;
  next.telling = d->telling ;
  next.istold = d->istold ;
  *d = next ;
  return 1 ;
}
