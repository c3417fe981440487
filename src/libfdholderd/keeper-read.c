/* ISC license. */

 /* What the worker tells, and what is done with it. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer.h"
#include "libdaemon/list.h"
#include "libdaemon/tree.h"
#include "libfdholderd/account.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/keeper-internal.h"
#include "libfdholderd/selfsocket.h"
#include "libfdholderd/store.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire-keep.h"

enum
{
  NO_FD = -1,
  NUMBERS_AHEAD = 512  /* a new descriptor's number is not so much above how many there are */
} ;

#define staged_of(l) tree_owner(struct store_entry, siblings, l)

 /* It is in the table when its message is read. */

static int adopt (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  return 1 ;
}

static void unref (void *data, int fd)
{
  struct keeper *k = data ;
  fdtable_close(&k->holder->fdtable, fd, 0) ;
}

void keeper_init_reading (struct keeper *k)
{
  static struct frame_fdops const ops = { .adopt = &adopt, .addref = &unref, .unref = &unref } ;
  frame_in_init(&k->in, &ops, k) ;
  frame_in_allow(&k->in, WIRE_KEEP_MAX, FRAME_IN_FDS) ;
  list_init(&k->staged) ;
  k->patience = tain_infinite ;
}

void keeper_drop_staged (struct keeper *k)
{
  while (!list_isempty(&k->staged))
  {
    struct store_entry *e = staged_of(k->staged.next) ;
    list_remove(&e->siblings) ;
    if (e->fd != NO_FD) fdtable_unref(&k->holder->fdtable, e->fd) ;
    store_entry_free(e) ;
  }
}

int keeper_isbetween (struct keeper const *k)
{
  return frame_in_isempty(&k->in) && list_isempty(&k->staged) ;
}

static void apply (struct keeper *k)
{
  struct store *store = &k->holder->store ;
  while (!list_isempty(&k->staged))
  {
    struct store_entry *e = staged_of(k->staged.next) ;
    struct store_entry *old ;
    list_remove(&e->siblings) ;
    if (e->fd != NO_FD) store_replace(store, e) ;
    else
    {
      old = store_get(store, e->id) ;
      if (old) store_drop(store, old) ;
      store_entry_free(e) ;
    }
  }
  k->isfull = k->isserving = 1 ;
}

 /* The rule that let him in is not known: his descriptors are closed in a lane of
    his own. */

static struct account *account_of (struct keeper *k, uid_t uid)
{
  char key[POLICY_KEY_SIZE] ;
  snprintf(key, sizeof(key), "uid/%u", (unsigned int)uid) ;
  return account_get(&k->holder->accounts, key, uid) ;
}

static void limit_of (tain *limit, struct wire_keep const *m, tain const *wallclock, tain const *now)
{
  if (!store_limit_from_wire(limit, &m->limit, wallclock, now)) *limit = *now ;
}

static void since (tain *when, struct wire_keep const *m, tain const *wallclock, tain const *now)
{
  tain age ;
  *when = *now ;
  if (!tain_less(&m->stored, wallclock)) return ;
  tain_sub(&age, wallclock, &m->stored) ;
  tain_sub(when, now, &age) ;
}

 /* All that can fail comes before the descriptor is taken. 0: no memory. */

static struct store_entry *make_held (struct keeper *k, struct wire_keep const *m, tain const *now)
{
  struct holder *h = k->holder ;
  struct account *a = account_of(k, m->uid) ;
  struct store_entry *e ;
  enum selfsocket_kind kind ;
  tain wallclock, limit, begun ;
  if (!a) return 0 ;
  if (!tain_wallclock_read(&wallclock)) wallclock = tain_zero ;
  limit_of(&limit, m, &wallclock, now) ;
  since(&begun, m, &wallclock, now) ;
  e = store_entry_new(NO_FD, m->id.s, m->id.len, &limit) ;
  if (e)
  {
    store_entry_stored_by(e, m->uid, m->pid, &begun) ;
    e->fd = frame_in_takefd(&k->in) ;
    kind = selfsocket_kind(&h->self, e->fd) ;
    e->issocket = kind != SELFSOCKET_NONE ;
    e->isunix = kind == SELFSOCKET_UNIX ;
    fdtable_adopt_for(&h->fdtable, e->fd, a) ;  /* it has room */
  }
  account_release(&h->accounts, a) ;
  return e ;
}

static enum keeper_read take (struct keeper *k, struct frame const *f, tain const *now)
{
  struct wire_keep m ;
  struct store_entry *e ;
  errno = 0 ;
  if (!wire_keep_unpack(&m, f->s, f->len)) return KEEPER_READ_BAD ;
  if (wire_keep_nfds(&m) > frame_in_fdcount(&k->in) || (wire_keep_nfds(&m) < frame_in_fdcount(&k->in) && frame_in_isempty(&k->in))) return KEEPER_READ_BAD ;
  if (m.kind != WIRE_KEEP_NOTHING)
  {
    e = m.kind == WIRE_KEEP_HOLD ? make_held(k, &m, now) : store_entry_new(NO_FD, m.id.s, m.id.len, STORE_NEVER) ;
    if (!e) return KEEPER_READ_NOMEMORY ;
    list_append(&k->staged, &e->siblings) ;
  }
  if (m.islast) apply(k) ;
  return KEEPER_READ_MORE ;
}

static enum keeper_read take_some (struct keeper *k, tain const *now)
{
  for (;;)
  {
    struct frame_in before = k->in ;
    struct frame f ;
    enum keeper_read r ;
    switch (frame_in_get(&k->in, &f))
    {
      case FRAME_GET_NONE : return KEEPER_READ_MORE ;
      case FRAME_GET_BAD : return (errno = 0, KEEPER_READ_BAD) ;
      case FRAME_GET_OK : break ;
    }
    r = take(k, &f, now) ;
    if (r == KEEPER_READ_NOMEMORY) k->in = before ;  /* nothing of it was taken */
    if (r != KEEPER_READ_MORE) return r ;
  }
}

 /* Nothing was received. */

static enum keeper_read fail_to_receive (void)
{
  switch (errno)
  {
    case ECONNRESET : return KEEPER_READ_END ;
    case ENOMEM :
    case ENOBUFS : return KEEPER_READ_NOMEMORY ;
    default : return KEEPER_READ_BAD ;
  }
}

 /* Whoever stores and deletes all the time may be faster than what closes. It is
    waited for as long as that helps; then a number is asked for all the same. */

static int has_numbers (struct keeper *k, tain const *now)
{
  struct holder *h = k->holder ;
  struct closer *c = &h->closer ;
  if (budget_isexceeded(&h->budget, fdtable_count(&h->fdtable))) closer_settle(c, closer_pending(c) / 2) ;
  if (!closer_pending(c) || !budget_isexceeded(&h->budget, fdtable_count(&h->fdtable)))
  {
    k->patience = tain_infinite ;
    return 1 ;
  }
  if (c->heard != k->heard || !tain_less(&k->patience, &tain_infinite)) clock_after(&k->patience, now, KEEPER_PATIENCE_MS) ;
  k->heard = c->heard ;
  return !tain_less(now, &k->patience) ;
}

 /* What is received goes to our own buffer, or to memory that stays: so none is
    needed, or it is got before. When we are to execute ourselves, and have all,
    we read no further than to the end of a batch. */

enum keeper_read keeper_read (struct keeper *k, tain const *now)
{
  enum keeper_read r = take_some(k, now) ;
  size_t max = FRAME_IN_BUFFER ;
  if (r != KEEPER_READ_MORE) return r ;
  if (k->holder->isquiescing && k->isready && k->phase == KEEPER_KEEPING)
  {
    if (keeper_isbetween(k)) return KEEPER_READ_AGAIN ;
    max = frame_in_missing(&k->in) ;
  }
  if (!has_numbers(k, now)) return KEEPER_READ_CLOSING ;
  if (!fdtable_makeroom(&k->holder->fdtable, (int)fdtable_count(&k->holder->fdtable) + NUMBERS_AHEAD)) return KEEPER_READ_NOMEMORY ;
  switch (frame_in_fill(&k->in, k->channelfd, k->buffer, max))
  {
    case FRAME_FILL_OK : return take_some(k, now) ;
    case FRAME_FILL_AGAIN : return KEEPER_READ_AGAIN ;
    case FRAME_FILL_EOF : return KEEPER_READ_END ;
    case FRAME_FILL_NOMEMORY : return KEEPER_READ_NOMEMORY ;
    case FRAME_FILL_SHORTAGE : return (errno = EMFILE, KEEPER_READ_BAD) ;
    case FRAME_FILL_EXTRA : return (errno = 0, KEEPER_READ_BAD) ;
    default : return fail_to_receive() ;
  }
}
