/* ISC license. */

 /* What is under way ends, and the channel does. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/procfd.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/kept-internal.h"
#include "libfdwire/frame.h"

void kept_alone (struct kept *k, tain const *now)
{
  k->state = KEPT_ALONE ;
  log_line(k->complaints->log, LOG_WARNING, "nobody keeps what is held: it is lost if this process is killed") ;
  tain_addsec(&k->warn, now, KEPT_ALONE_SECONDS) ;
}

void kept_finish (struct kept *k, tain const *now)
{
  struct kept_operation o = k->operation ;
  if (!k->isunderway) return ;
  k->isunderway = 0 ;
  k->isfree = 1 ;
  loop_timer_clear(k->loop, &k->late) ;
  loop_timer_clear(k->loop, &k->again) ;
  if (kept_isopen(k)) loop_watch_change(k->loop, &k->watch, LOOP_READ) ;
  free(k->snapshot) ;
  k->snapshot = 0 ;
  if (o.done) (*o.done)(o.data, now) ;
}

void kept_close (struct kept *k)
{
  loop_watch_stop(k->loop, &k->watch) ;
  frame_out_free(&k->out) ;
  if (k->fd >= 0) fdtable_unref(k->fdtable, k->fd) ;
  if (k->keeper >= 0) fd_close(k->keeper) ;
  k->fd = k->keeper = -1 ;
  k->pid = 0 ;
}

 /* What was under way is applied all the same. */

void kept_leave (struct kept *k, char const *why, tain const *now)
{
  kept_close(k) ;
  log_line(k->complaints->log, LOG_WARNING, "the keeper ", why) ;
  kept_alone(k, now) ;
  k->issnapshot = 0 ;
  k->isfree = 1 ;
  kept_finish(k, now) ;
}

 /* It may have hung, or been stopped: another one can adopt us only when it is dead.
    One that lives on believes that it has all, and would put what it has in our
    place: it is not left. */

int kept_fence (struct kept *k, tain const *now)
{
  if (k->keeper < 0) k->keeper = procfd_peer(k->fd, &k->pid) ;
  if (!procfd_kill(k->keeper, SIGKILL) && errno != ESRCH)
  {
    complaint_line(k->complaints, LOG_WARNING, "unable to kill the keeper", 0, now, "the keeper has not read for a second, and cannot be killed: ", strerror(errno), ": nothing that is held changes until it reads") ;
    return 0 ;
  }
  kept_leave(k, "has not read for a second: killed", now) ;
  return 1 ;
}
