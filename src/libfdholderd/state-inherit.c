/* ISC license. */

 /* What a state tells becomes what there is. Whatever memory is needed for is
    got before anything is closed, so that it can be tried again. */

#include <errno.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libfdholderd/account.h"
#include "libfdholderd/closing.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/state-internal.h"
#include "libfdholderd/store.h"
#include "libfdwire/wire-state.h"

struct inheriting
{
  struct holder *h ;
  struct slots *slots ;
  tain const *now ;
  tain passed ;  /* since the state was made */
  struct account *last ;  /* of the entry before, and where its rule is; or 0 */
  char const *rule ;
} ;

static void since (tain *when, struct inheriting const *in, tain const *age)
{
  tain t ;
  tain_add(&t, age, &in->passed) ;
  tain_sub(when, in->now, &t) ;
}

static void limit_of (tain *limit, struct inheriting const *in, struct wire_state_entry const *w)
{
  tain t ;
  if (wire_isnever(&w->left)) *limit = *STORE_NEVER ;
  else if (!tain_less(&in->passed, &w->left)) *limit = *in->now ;
  else
  {
    tain_sub(&t, &w->left, &in->passed) ;
    tain_add(limit, in->now, &t) ;
  }
}

 /* One reference more. Most are of the same one as the entry before. */

static struct account *account_of (struct inheriting *in, struct wire_state_entry const *w)
{
  if (in->last && in->rule == w->rule.s) in->last->references++ ;
  else
  {
    in->last = account_get(&in->h->accounts, w->rule.s, w->uid) ;
    in->rule = w->rule.s ;
  }
  return in->last ;
}

static struct store_entry *make_entry (struct inheriting *in, struct wire_state_entry const *w)
{
  struct account *a = w->rule.len ? account_of(in, w) : 0 ;
  struct store_entry *e ;
  tain limit, begun ;
  if ((!a && w->rule.len) || !fdtable_makeroom(&in->h->fdtable, w->fd)) return 0 ;
  limit_of(&limit, in, w) ;
  e = store_entry_new(w->fd, w->id.s, w->id.len, &limit) ;
  if (!e) return 0 ;
  e->issocket = w->issocket ;
  e->isunix = w->isunix ;
  since(&begun, in, &w->age) ;
  store_entry_stored_by(e, w->uid, w->pid, &begun) ;
  fdtable_adopt_for(&in->h->fdtable, w->fd, a) ;
  if (a) account_release(&in->h->accounts, a) ;  /* the descriptor has one */
  return e ;
}

static int inherit_entry (void *data, struct wire_state_entry const *w)
{
  struct inheriting *in = data ;
  struct store_entry *e = make_entry(in, w) ;
  if (!e) return 0 ;
  store_append(&in->h->store, e) ;  /* they come in order: that is checked */
  return 1 ;
}

 /* Judged under rules that this image does not know: when something is asked,
    they are looked at anew, as after a reload. */

static struct rights rights_of (struct wire_state_connection const *c)
{
  struct rights r = { .uid = c->uid, .gid = c->gid, .generation = UINT32_MAX, .judged = TAIN_ZERO } ;
  memcpy(r.key, c->rule.s, c->rule.len < sizeof(r.key) ? c->rule.len : sizeof(r.key) - 1) ;
  return r ;
}

static int take_over (struct inheriting *in, struct peer *p, struct wire_state_connection const *c)
{
  if (c->hasgiven)
  {
    struct store_entry *e = make_entry(in, &c->given) ;
    if (!e) return 0 ;
    store_lent(&in->h->store, e) ;
    p->session.given = e ;
  }
  if (!peer_inherit(p, c)) return 0 ;
  slots_inherited(p, in->now) ;
  return 1 ;
}

static int inherit_connection (void *data, struct wire_state_connection const *c)
{
  struct inheriting *in = data ;
  struct slots_waiting w = { .rights = rights_of(c), .since = *in->now, .pid = c->pid, .fd = c->fd, .isinherited = 1 } ;
  struct peer *p ;
  if (c->kind == WIRE_STATE_ROOM) return 1 ;
  fdtable_open_connection(&in->h->fdtable, c->fd) ;
  w.account = account_get(&in->h->accounts, w.rights.key, c->uid) ;
  p = w.account ? slots_inherit(in->slots, &w, in->now) : 0 ;
  return p && take_over(in, p, c) ;
}

 /* From here on nothing fails. Who had no place may get none here either, or one at once. */

static int inherit_waiting (void *data, struct wire_state_connection const *c)
{
  struct inheriting *in = data ;
  struct rights rights = rights_of(c) ;
  if (c->kind != WIRE_STATE_ROOM) return 1 ;
  fdtable_open_connection(&in->h->fdtable, c->fd) ;
  slots_arrive(in->slots, c->fd, &rights, c->pid, in->now) ;
  return 1 ;
}

 /* A grave, or what only waits for its end. */

static void inherit_grave (struct inheriting *in, struct wire_state_closing const *c, struct account *a)
{
  struct flight_one one = { .unread = 0 } ;
  fdtable_open_connection(&in->h->fdtable, c->fd) ;
  if (a) flight_count(&in->h->flight, &one, a, c->fd, c->unread) ;
  if (!flight_bury(&in->h->flight, &one, in->now)) fdtable_close_connection(&in->h->fdtable, c->fd) ;
}

static void inherit_closing (struct inheriting *in, struct wire_state_closing const *c)
{
  struct account *a = c->rule.len ? account_get(&in->h->accounts, c->rule.s, c->uid) : 0 ;
  if (c->unread) inherit_grave(in, c, a) ;
  else fdtable_close(&in->h->fdtable, c->fd, a) ;
  if (a) account_release(&in->h->accounts, a) ;
}

int state_inherit (struct state const *st, struct holder *h, struct slots *slots, tain const *now)
{
  static struct state_visitor const visitor = { .entry = &inherit_entry, .connection = &inherit_connection } ;
  static struct state_visitor const second = { .connection = &inherit_waiting } ;
  struct inheriting in = { .h = h, .slots = slots, .now = now, .passed = TAIN_ZERO } ;
  struct wire_state_closing const *closing = genalloc_s(struct wire_state_closing, &st->closing) ;
  tain clock ;
  clock_now(&clock) ;
  if (tain_less(&st->head.clock, &clock)) tain_sub(&in.passed, &clock, &st->head.clock) ;
  since(&h->begun, &in, &st->head.uptime) ;
  h->upgrades = st->head.upgrades ;
  if (state_walk(st, &visitor, &in) != STATE_WALK_DONE) return (errno = ENOMEM, 0) ;
  if (slots)
  {
    closing_await(h) ;
    slots->isinheriting = 1 ;
    state_walk(st, &second, &in) ;
    slots->isinheriting = 0 ;
  }
  for (size_t i = 0 ; i < genalloc_len(struct wire_state_closing, &st->closing) ; i++) inherit_closing(&in, closing + i) ;
  return 1 ;
}
