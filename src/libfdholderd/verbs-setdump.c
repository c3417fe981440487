/* ISC license. */

 /* Setting a dump: staged frame by frame, checked whole, applied whole. */

#include <stdlib.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libfdholderd/budget.h"
#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/selfsocket.h"
#include "libfdholderd/stage.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

enum verdict verb_setdump (struct call const *c)
{
  struct holder *h = c->holder ;
  struct session *s = c->session ;
  uint32_t total = c->request->total ;
  char *body ;
  if (c->request->flags & ~WIRE_SETDUMP_NEW) return verbs_done(c, "setdump", 0, EINVAL) ;
  if (total > h->budget.maxfds || !budget_reserve(&h->budget, verbs_open(h, total), total)) return verbs_done(c, "setdump", 0, ENFILE) ;
  if (total) s->stage = stage_new(&h->fdtable, total) ;
  if (s->stage) s->stage->isnew = c->request->flags & WIRE_SETDUMP_NEW ;
  body = s->stage || !total ? (*c->reply.reserve)(c->reply.data, WIRE_SETDUMP_REPLY_PACK, 0) : 0 ;
  if (!body)
  {
    if (total && !s->stage) budget_release(&h->budget, total) ;
    verbs_session_end(h, s) ;
    return verbs_done(c, "setdump", 0, ENOMEM) ;
  }
  (*c->reply.commit)(c->reply.data, wire_pack_setdump_reply(body, total), 0, 0) ;
  if (!total) verbs_log(h, s, "setdump", 0, 0) ;  /* and that was all of it */
  return VERDICT_ANSWERED ;
}

 /* Makes the store's entries of what was staged, where its limit has not
    passed, with references of their own. */

struct applying
{
  struct store_entry **entries ;
  uint32_t n ;
  uint32_t added ;  /* of them, under an id that is new */
  uint32_t gained ;  /* under one that its user has not stored */
} ;

static int prepare_one (struct holder *h, struct session const *s, struct applying *a, struct stage_entry *g, tain const *wallclock, tain const *now)
{
  tain limit ;
  struct store_entry *e ;
  struct store_entry const *old ;
  enum selfsocket_kind kind = selfsocket_kind(&h->self, g->fd) ;
  if (kind == SELFSOCKET_HERE) return ELOOP ;
  if (!store_limit_from_wire(&limit, &g->limit, wallclock, now)) return 0 ;
  old = store_get(&h->store, g->id) ;
  if (old && s->stage->isnew) return EBUSY ;
  e = store_entry_new(g->fd, g->id, g->idlen, &limit) ;
  if (!e) return ENOMEM ;
  e->issocket = kind != SELFSOCKET_NONE ;
  e->isunix = kind == SELFSOCKET_UNIX ;
  store_entry_stored_by(e, s->rights.uid, s->pid, now) ;
  fdtable_addref(&h->fdtable, g->fd) ;
  a->entries[a->n++] = e ;
  a->added += !old ;
  a->gained += !old || old->uid != s->rights.uid ;
  return 0 ;
}

static int prepare (struct holder *h, struct session *s, struct applying *a, tain const *now)
{
  struct stage_entry *g = stage_entries(s->stage) ;
  tain wallclock ;
  int error ;
  if (!stage_seal(s->stage)) return EINVAL ;
  if (!tain_wallclock_read(&wallclock)) return errno ;
  for (size_t i = 0 ; i < stage_count(s->stage) ; i++)
  {
    error = prepare_one(h, s, a, g + i, &wallclock, now) ;
    if (error) return error ;
  }
  if (store_used(&h->store) + a->added > h->store.max) return ENFILE ;
  return verbs_isoverquota(h, s, a->gained, now) ? EDQUOT : 0 ;
}

static enum verdict apply (struct call const *c)
{
  struct holder *h = c->holder ;
  struct session *s = c->session ;
  struct applying a = { .entries = malloc(stage_count(s->stage) * sizeof(struct store_entry *)), .n = 0, .added = 0, .gained = 0 } ;
  int error = a.entries ? prepare(h, s, &a, c->now) : ENOMEM ;
  struct change change = { .kind = CHANGE_DUMP, .entries = a.entries, .n = a.n } ;
  verbs_session_end(h, s) ;
  if (!error) return verbs_change(c, &change, "setdump", 0) ;
  for (uint32_t i = 0 ; i < a.n ; i++)
  {
    fdtable_unref(&h->fdtable, a.entries[i]->fd) ;
    store_entry_free(a.entries[i]) ;
  }
  free(a.entries) ;
  return verbs_done(c, "setdump", 0, error) ;
}

enum verdict verbs_setdump_continue (struct call const *c)
{
  return kept_isbusy(&c->holder->kept) ? verbs_postpone(c) : apply(c) ;
}

enum verdict verb_dumpframe (struct call const *c)
{
  struct session *s = c->session ;
  uint32_t n = c->request->nfds ;
  int error = stage_add(s->stage, c->request->entries, c->fds, n) ? 0 : errno ;
  if (n > s->stage->reserved) n = s->stage->reserved ;
  budget_release(&c->holder->budget, n) ;
  s->stage->reserved -= n ;
  if (!error && !stage_iscomplete(s->stage)) return verbs_error(&c->reply, EAGAIN) ;
  if (!error) return verbs_setdump_continue(c) ;
  verbs_session_end(c->holder, s) ;
  return error == EPROTO ? VERDICT_PROTOCOL : verbs_done(c, "setdump", 0, error) ;
}
