/* ISC license. */

 /* What there is, in the bytes of a state. */

#include <errno.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer.h"
#include "libfdholderd/account.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/state-internal.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdholderd/watch.h"
#include "libfdwire/wire-state.h"

static int put_helper (void *data, pid_t pid, int isneedless)
{
  struct making *m = data ;
  struct wire_state_helper h = { .pid = pid, .isneedless = (uint8_t)isneedless } ;
  char *s = state_room(m, WIRE_STATE_HELPER) ;
  if (!s) return 0 ;
  m->st->bytes.len += wire_state_pack_helper(s, &h) ;
  m->st->head.helpers++ ;
  return 1 ;
}

static int put_inspector (void *data, pid_t pid)
{
  return put_helper(data, pid, 1) ;
}

static void span (tain *t, tain const *from, tain const *to)
{
  if (tain_less(from, to)) tain_sub(t, to, from) ;
  else *t = tain_zero ;
}

static struct wire_state_entry describe (struct making const *m, struct store_entry const *e)
{
  struct account const *a = fdtable_owner(&m->h->fdtable, e->fd) ;
  struct wire_state_entry w = { .fd = e->fd, .issocket = e->issocket, .isunix = e->isunix, .uid = e->uid, .pid = e->pid, .rule = state_text(a ? a->rule->key : ""), .id = { .s = e->id, .len = e->idlen } } ;
  span(&w.age, &e->since, m->now) ;
  if (e->expires) span(&w.left, m->now, &e->limit) ;
  else w.left = tain_infinite_relative ;
  return w ;
}

static int put_entry (struct store_entry const *e, void *data)
{
  struct making *m = data ;
  struct wire_state_entry w = describe(m, e) ;
  char *s = state_room(m, WIRE_STATE_ENTRY_MAX) ;
  if (!s || !state_keep(m, e->fd)) return 0 ;
  m->st->bytes.len += wire_state_pack_entry(s, &w, m->st->head.entries ? &m->last : 0) ;
  m->st->head.entries++ ;
  m->st->loose += !fdtable_stays(&m->h->fdtable, e->fd) ;
  m->last = w ;
  return 1 ;
}

static int put_connection (struct making *m, struct wire_state_connection const *c)
{
  char *s = state_room(m, WIRE_STATE_CONNECTION_MAX) ;
  if (!s || !state_keep(m, c->fd) || !state_keep(m, c->channel) || (c->hasgiven && !state_keep(m, c->given.fd))) return 0 ;
  m->st->bytes.len += wire_state_pack_connection(s, c) ;
  m->st->head.connections++ ;
  return 1 ;
}

static void describe_session (struct making const *m, struct wire_state_connection *c, struct session const *s)
{
  c->uid = s->rights.uid ;
  c->gid = s->rights.gid ;
  c->pid = s->pid ;
  if (s->waiter)
  {
    c->kind = WIRE_STATE_WAITING ;
    c->flags = s->waiter->flags ;
    c->id = state_text(watch_waiter_id(s->waiter)) ;
  }
  if (s->watcher)
  {
    c->iswatching = 1 ;
    c->islost = watch_haslost(s->watcher) ;
    c->glob = state_text(s->watcher->glob) ;
  }
  if (!s->given) return ;
  c->hasgiven = 1 ;
  c->given = describe(m, s->given) ;
}

static int put_peer (struct making *m, struct peer const *p)
{
  struct wire_state_connection c = { .kind = p->state == PEER_SNIFF ? WIRE_STATE_NEW : WIRE_STATE_IDLE, .iss6 = p->in.dialect == FRAME_S6, .fd = p->fd, .channel = p->channel, .rule = state_text(p->account->rule->key), .unread = p->flight.unread } ;
  if (!peer_isquiet(p)) return 1 ;
  span(&c.silent, &p->active, m->now) ;
  describe_session(m, &c, &p->session) ;
  return put_connection(m, &c) ;
}

static int put_waiting (void *data, void *owner)
{
  struct slot const *one = owner ;
  return put_peer(data, one->peer) ;
}

 /* Those that wait, in their order; the others; those that have no place yet. */

static int put_connections (struct making *m, struct slots const *slots)
{
  if (!watch_iter(&m->h->watch, &put_waiting, m)) return 0 ;
  for (uint32_t i = 0 ; i < slots->n ; i++)
    if (!slots->all[i]->peer->session.waiter && !put_peer(m, slots->all[i]->peer)) return 0 ;
  for (uint32_t i = 0 ; i < slots->waiting ; i++)
  {
    struct slots_waiting const *w = slots->room[i] ;
    struct wire_state_connection c = { .kind = WIRE_STATE_ROOM, .fd = w->fd, .channel = -1, .uid = w->rights.uid, .gid = w->rights.gid, .pid = w->pid, .rule = state_text(w->account->rule->key) } ;
    if (!put_connection(m, &c)) return 0 ;
  }
  return 1 ;
}

static int keep_own (struct making *m)
{
  for (unsigned int i = 0 ; i < m->st->owns ; i++)
    if (!state_keep(m, m->st->own[i])) return 0 ;
  return 1 ;
}

static int finish (struct making *m)
{
  struct wire_state_head *head = &m->st->head ;
  stralloc *bytes = &m->st->bytes ;
  if (!state_room(m, WIRE_STATE_DIGEST)) return 0 ;
  clock_now(&head->clock) ;
  span(&head->uptime, &m->h->begun, m->now) ;
  wire_state_pack_head(bytes->s, head) ;
  memset(bytes->s + bytes->len, 0, WIRE_STATE_DIGEST) ;
  bytes->len += WIRE_STATE_DIGEST ;
  return 1 ;
}

int state_make (struct state *st, struct holder *h, struct slots const *slots, uint32_t upgrades, tain const *now)
{
  static struct wire_state_head const none = { .helpers = 0 } ;
  struct making m = { .st = st, .h = h, .now = now, .fds = GENALLOC_ZERO } ;
  int ok ;
  st->head = none ;
  st->head.upgrades = upgrades ;
  st->bytes.len = 0 ;
  st->loose = 0 ;
  ok = !!state_room(&m, WIRE_STATE_HEAD) ;
  if (ok) st->bytes.len = WIRE_STATE_HEAD ;
  ok = ok && closer_each_process(&h->closer, &put_helper, &m) && inspect_each_process(&h->inspect, &put_inspector, &m) && store_iter(&h->store, &put_entry, &m) ;
  st->rest = st->bytes.len ;
  ok = ok && (!slots || put_connections(&m, slots)) && keep_own(&m) && state_put_closing(&m) && finish(&m) ;
  genalloc_free(int, &m.fds) ;
  return ok ? 1 : (errno = ENOMEM, 0) ;
}
