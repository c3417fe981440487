/* ISC license. */

 /* A connection of the image before goes on here. */

#include <skalibs/tai.h>

#include "libfdholderd/flight.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdholderd/watch.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire-state.h"

 /* What is there was being taken by somebody who did not end that. */

static int wait_on (struct peer *p, struct wire_state_connection const *c)
{
  struct watch *w = &p->holder->watch ;
  p->session.waiter = watch_wait(w, c->id.s, c->flags & WIRE_RETRIEVE_DELETE, c->flags, p->owner) ;
  if (!p->session.waiter) return 0 ;
  if (store_get(&p->holder->store, c->id.s)) watch_tell(w, c->id.s) ;
  p->state = PEER_WAITING ;
  return 1 ;
}

static int watch_on (struct peer *p, struct wire_state_connection const *c)
{
  return verbs_session_watch(p->holder, &p->session, p->channel, p->owner, c->glob.len ? c->glob.s : 0, c->islost) ;
}

int peer_inherit (struct peer *p, struct wire_state_connection const *c)
{
  p->channel = c->channel ;
  tain_sub(&p->active, &p->active, &c->silent) ;
  flight_count(&p->holder->flight, &p->flight, p->account, p->fd, c->unread) ;
  if (c->kind == WIRE_STATE_NEW) return 1 ;
  p->in.dialect = p->out.dialect = c->iss6 ? FRAME_S6 : FRAME_NATIVE ;
  p->session.isnative = !c->iss6 ;
  p->isstranger = 0 ;
  p->state = PEER_OPEN ;
  if (c->iswatching && !watch_on(p, c)) return 0 ;
  return c->kind != WIRE_STATE_WAITING || wait_on(p, c) ;
}
