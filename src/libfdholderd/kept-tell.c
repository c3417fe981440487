/* ISC license. */

 /* One operation, message by message, as there is room in the channel. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/loop.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/kept-internal.h"
#include "libfdholderd/store.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire-keep.h"

enum { KEPT_AT_ONCE = 512 } ;  /* messages in one turn */

static void set_late (struct kept *k, tain const *now)
{
  tain when ;
  clock_after(&when, now, KEPT_FULL_MS) ;
  loop_timer_set(k->loop, &k->late, &when) ;
}

static void on_late (void *data, tain const *now)
{
  if (!kept_fence(data, now)) set_late(data, now) ;
}

static void on_again (void *data, tain const *now)
{
  kept_go_on(data, now) ;
}

void kept_init_telling (struct kept *k)
{
  static struct frame_fdops const ops = { .adopt = &fdtable_adopt, .addref = &fdtable_addref, .unref = &fdtable_unref } ;
  frame_out_init(&k->out, &ops, k->fdtable) ;
  loop_timer_init(&k->late, &on_late, k) ;
  loop_timer_init(&k->again, &on_again, k) ;
}

static int is_made (struct kept const *k)
{
  return k->made && k->made >= k->operation.n ;
}

static int describe (struct wire_keep *m, struct store_entry const *e, tain const *now)
{
  tain wallclock, age ;
  m->id.s = e->id ;
  m->id.len = e->idlen ;
  if (m->kind != WIRE_KEEP_HOLD) return 1 ;
  if (!tain_wallclock_read(&wallclock)) return 0 ;
  store_limit_to_wire(&m->limit, e, &wallclock, now) ;
  tain_sub(&age, now, &e->since) ;
  tain_sub(&m->stored, &wallclock, &age) ;
  m->uid = e->uid ;
  m->pid = e->pid ;
  return 1 ;
}

static int make_one (struct kept *k, tain const *now)
{
  struct kept_operation const *o = &k->operation ;
  struct wire_keep m = { .kind = o->kind, .islast = k->made + 1 >= o->n } ;
  struct store_entry const *e = o->n ? o->entries[k->made] : 0 ;
  char body[WIRE_KEEP_MAX] ;
  if (e && !describe(&m, e, now)) return 0 ;
  if (!frame_out_put(&k->out, body, wire_keep_pack(body, &m), e ? &e->fd : 0, wire_keep_nfds(&m))) return 0 ;
  k->made++ ;
  return 1 ;
}

static int make_some (struct kept *k, tain const *now)
{
  while (!is_made(k) && frame_out_pending(&k->out) < KEPT_HIGH_WATER)
    if (!make_one(k, now)) return 0 ;
  return 1 ;
}

static void go_on_soon (struct kept *k, tain const *now)
{
  tain when ;
  clock_after(&when, now, KEPT_SHORTAGE_MS) ;
  loop_timer_set(k->loop, &k->again, &when) ;
  loop_watch_change(k->loop, &k->watch, LOOP_READ) ;
}

static void wait_for_room (struct kept *k, tain const *now)
{
  loop_timer_clear(k->loop, &k->again) ;
  if (!loop_watch_change(k->loop, &k->watch, LOOP_READ | LOOP_WRITE)) go_on_soon(k, now) ;
}

 /* 1: there may be room for more. */

static int tell_some (struct kept *k, tain const *now)
{
  size_t before ;
  int ismemory = make_some(k, now) ;
  enum frame_flush r ;
  before = frame_out_pending(&k->out) ;
  r = frame_out_flush(&k->out, k->fd, 0) ;
  if (frame_out_pending(&k->out) < before || !tain_less(&k->late.when, &tain_infinite)) set_late(k, now) ;
  switch (r)
  {
    case FRAME_FLUSH_DONE :
      if (ismemory) return 1 ;
      go_on_soon(k, now) ;
      return 0 ;
    case FRAME_FLUSH_AGAIN : wait_for_room(k, now) ; return 0 ;
    case FRAME_FLUSH_HELD :
    case FRAME_FLUSH_SHORTAGE : go_on_soon(k, now) ; return 0 ;
    default :
      if (errno == EPIPE || errno == ECONNRESET) kept_leave(k, "has gone", now) ;
      else go_on_soon(k, now) ;  /* one that lives is not left: it would put what it has in our place */
      return 0 ;
  }
}

void kept_go_on (struct kept *k, tain const *now)
{
  uint32_t end = k->made + KEPT_AT_ONCE ;
  while (k->isunderway && tell_some(k, now))
  {
    if (is_made(k)) kept_finish(k, now) ;
    else if (k->made >= end)
    {
      wait_for_room(k, now) ;
      return ;
    }
  }
}

int kept_tell (struct kept *k, struct kept_operation const *o, tain const *now)
{
  if (!kept_isopen(k)) return 1 ;
  k->operation = *o ;
  k->operation.done = 0 ;
  if (o->n == 1)
  {
    k->single = o->entries[0] ;
    k->operation.entries = &k->single ;
  }
  k->made = 0 ;
  k->isunderway = 1 ;
  kept_go_on(k, now) ;
  if (!k->isunderway) return 1 ;
  k->operation.done = o->done ;
  return 0 ;
}

struct listing
{
  struct store_entry **all ;
  uint32_t n ;
} ;

static int list_one (struct store_entry const *e, void *data)
{
  struct listing *l = data ;
  l->all[l->n++] = (struct store_entry *)e ;
  return 1 ;
}

void kept_tell_all (struct kept *k, tain const *now)
{
  struct listing l = { .all = 0, .n = 0 } ;
  struct kept_operation o = { .kind = WIRE_KEEP_NOTHING } ;
  k->issnapshot = 0 ;
  k->isfree = 1 ;
  if (store_count(k->store))
  {
    l.all = malloc(store_count(k->store) * sizeof(struct store_entry *)) ;
    if (!l.all)
    {
      kept_leave(k, "cannot be told what is held: out of memory", now) ;
      return ;
    }
    store_iter(k->store, &list_one, &l) ;
    o.kind = WIRE_KEEP_HOLD ;
  }
  o.entries = k->snapshot = l.all ;
  o.n = l.n ;
  kept_tell(k, &o, now) ;
}
