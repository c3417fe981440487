/* ISC license. */

 /* What a slot tells the loop, and what the loop tells it. */

#include <poll.h>

#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/slots-internal.h"

 /* Another process has a copy of its socket, or may have: helpers of the image
    before, or a trial, which begins when all that has died is closed. */

static int has_copies (struct slot const *one)
{
  return one->isinherited || one->slots->holder->istrying ;
}

 /* It is told of no more from now on, and freed at the end of the turn. */

void slots_die (struct slot *one)
{
  if (peer_isclosedalone(one->peer) && !has_copies(one)) loop_watch_forget(one->slots->loop, &one->watch) ;
  else loop_watch_stop(one->slots->loop, &one->watch) ;
  loop_timer_clear(one->slots->loop, &one->timer) ;
  list_remove(&one->withheld) ;
  list_remove(&one->line) ;
  list_append(&one->slots->dead, &one->line) ;
}

static unsigned int wanted_of (short events)
{
  return (events & POLLIN ? LOOP_READ : 0) | (events & POLLOUT ? LOOP_WRITE : 0) ;
}

static int watch (struct slot *one, unsigned int wanted)
{
  struct loop *loop = one->slots->loop ;
  if (loop_watch_isstarted(&one->watch)) return loop_watch_change(loop, &one->watch, wanted) ;
  return loop_watch_start_briefly(loop, &one->watch, one->peer->fd, wanted) ;
}

 /* After all that may have changed a peer: what it waits for, until when, and
    where it stands. Who sleeps until the next image is not even watched: what
    it has sent, its end too, waits in its socket. */

static int is_asleep (struct peer const *p)
{
  return p->holder->isquiescing && peer_isquiet(p) ;
}

void slots_update (struct slot *one, tain const *now)
{
  struct peer *p = one->peer ;
  short events = peer_isdead(p) ? 0 : peer_events(p) ;
  tain when = tain_infinite ;
  if (is_asleep(p)) loop_watch_stop(one->slots->loop, &one->watch) ;
  else if (!peer_isdead(p) && !watch(one, wanted_of(events))) peer_kill(p, "unable to wait for it: closed", now) ;
  if (peer_isdead(p))
  {
    slots_die(one) ;
    return ;
  }
  peer_next(p, &when) ;
  loop_timer_set(one->slots->loop, &one->timer, &when) ;
  slots_line_up(one) ;
  list_remove(&one->withheld) ;
  if (peer_mayjudge(p) && !(events & POLLIN)) list_append(&one->slots->withheld, &one->withheld) ;
}

void slots_ready (void *data, unsigned int events, tain const *now)
{
  struct slot *one = data ;
  if (events == LOOP_WRITE) peer_write(one->peer, now) ;
  else if (one->watch.wanted & LOOP_READ) peer_read(one->peer, now) ;
  else peer_hangup(one->peer, now) ;
  slots_update(one, now) ;
}

void slots_due (void *data, tain const *now)
{
  struct slot *one = data ;
  peer_tick(one->peer, now) ;
  slots_update(one, now) ;
}

void slots_wake (void *data, tain const *now)
{
  struct slot *one = data ;
  peer_resume(one->peer, now) ;
  slots_update(one, now) ;
}

int slots_mayhear (void *data, tain const *now)
{
  struct slot *one = data ;
  if (peer_mayhear(one->peer, now)) return 1 ;
  slots_update(one, now) ;
  return 0 ;
}
