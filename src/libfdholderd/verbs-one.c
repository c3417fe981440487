/* ISC license. */

 /* Verbs on one id. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/selfsocket.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdholderd/watch.h"

 /* What is replaced gives its number back: it counts as if it had gone. */

static int make_entry (struct call const *c, struct store_entry **e)
{
  struct holder *h = c->holder ;
  struct wire_entry const *w = &c->request->entry ;
  int fd = c->fds[0] ;
  int isreplaced = c->request->verb == WIRE_REPLACE && store_get(&h->store, w->id.s) ;
  tain limit, wallclock ;
  enum selfsocket_kind kind ;
  if (!tain_wallclock_read(&wallclock)) return errno ;
  if (!store_limit_from_wire(&limit, &w->limit, &wallclock, c->now)) return EINVAL ;
  kind = selfsocket_kind(&h->self, fd) ;
  if (kind == SELFSOCKET_HERE) return ELOOP ;
  if (budget_isexceeded(&h->budget, verbs_open(h, 0) - isreplaced)) return ENFILE ;
  *e = store_entry_new(fd, w->id.s, w->id.len, &limit) ;
  if (!*e) return ENOMEM ;
  (*e)->issocket = kind != SELFSOCKET_NONE ;
  (*e)->isunix = kind == SELFSOCKET_UNIX ;
  store_entry_stored_by(*e, c->session->rights.uid, c->session->pid, c->now) ;
  return 0 ;
}

static int judge_store (struct call const *c, struct store_entry const *e)
{
  struct store const *store = &c->holder->store ;
  struct store_entry const *old = store_get(store, e->id) ;
  if (old && c->request->verb != WIRE_REPLACE) return EBUSY ;
  if (verbs_isoverquota(c->holder, c->session, !old || old->uid != e->uid, c->now)) return EDQUOT ;
  return !old && store_isfull(store) ? ENFILE : 0 ;
}

static enum verdict store (struct call const *c, char const *what)
{
  struct change change = { .kind = CHANGE_STORE } ;
  char const *id = c->request->entry.id.s ;
  int error = make_entry(c, &change.entry) ;
  if (!error) error = judge_store(c, change.entry) ;
  if (!error) return verbs_change(c, &change, what, id) ;
  store_entry_free(change.entry) ;
  fdtable_unref(&c->holder->fdtable, c->fds[0]) ;
  return verbs_done(c, what, id, error) ;
}

enum verdict verb_store (struct call const *c)
{
  return store(c, "store") ;
}

 /* Whoever was taking what was there takes nothing. */

enum verdict verb_replace (struct call const *c)
{
  return store(c, "replace") ;
}

enum verdict verb_delete (struct call const *c)
{
  char const *id = c->request->entry.id.s ;
  struct change change = { .kind = CHANGE_DELETE, .entry = store_get(&c->holder->store, id) } ;
  if (!change.entry) return verbs_done(c, "delete", id, ENOENT) ;
  return change.entry->taken ? verbs_done(c, "delete", id, EBUSY) : verbs_change(c, &change, "delete", id) ;
}

static int take (struct session *s, struct store_entry *e)
{
  struct taking *t = malloc(sizeof(struct taking) + (size_t)e->idlen + 1) ;
  if (!t) return 0 ;
  list_init(&t->link) ;
  t->serial = e->serial ;
  memcpy(t->id, e->id, (size_t)e->idlen + 1) ;
  s->taking = t ;
  e->taken = 1 ;
  return 1 ;
}

static int judge_retrieve (struct call const *c, struct store_entry const *e)
{
  int isdelete = c->request->flags & WIRE_RETRIEVE_DELETE ;
  if (c->request->flags & ~(WIRE_RETRIEVE_DELETE | (c->session->isnative ? WIRE_RETRIEVE_WAIT : 0))) return EINVAL ;
  if (isdelete && !policy_may(&c->holder->policy, &c->session->rights, RIGHT_STORE, c->request->entry.id.s, c->now)) return EPERM ;
  if (!e) return ENOENT ;
  return isdelete && e->taken ? EBUSY : 0 ;
}

 /* For one that is not there, or that another is taking. */

static enum verdict wait_for_it (struct call const *c)
{
  struct session *s = c->session ;
  char const *id = c->request->entry.id.s ;
  uint8_t flags = c->request->flags ;
  if (s->waiter) return VERDICT_LATER ;
  s->waiter = watch_wait(&c->holder->watch, id, flags & WIRE_RETRIEVE_DELETE, flags, c->owner) ;
  if (!s->waiter) return verbs_done(c, "retrieve (wait begun)", id, ENOMEM) ;
  verbs_log(c->holder, s, "retrieve (wait begun)", id, 0) ;
  return VERDICT_LATER ;
}

enum verdict verb_retrieve (struct call const *c)
{
  char const *id = c->request->entry.id.s ;
  int isdelete = c->request->flags & WIRE_RETRIEVE_DELETE ;
  char const *what = isdelete ? "retrieve-and-delete (answer)" : "retrieve" ;
  struct store_entry *e = store_get(&c->holder->store, id) ;
  int error = judge_retrieve(c, e) ;
  char *body ;
  if ((error == ENOENT || error == EBUSY) && c->request->flags & WIRE_RETRIEVE_WAIT) return wait_for_it(c) ;
  body = error ? 0 : (*c->reply.reserve)(c->reply.data, WIRE_ERROR_PACK, 1) ;
  if (!body || (isdelete && !take(c->session, e))) return verbs_done(c, what, id, error ? error : ENOMEM) ;
  (*c->reply.commit)(c->reply.data, wire_pack_error(body, 0), &e->fd, 1) ;
  verbs_log(c->holder, c->session, what, id, 0) ;
  return VERDICT_ANSWERED ;
}

enum verdict verb_acknowledge (struct call const *c)
{
  struct taking *t = c->session->taking ;
  struct change change = { .kind = CHANGE_LEND, .entry = t ? store_get(&c->holder->store, t->id) : 0 } ;
  int isthere = change.entry && change.entry->serial == t->serial ;
  enum verdict verdict ;
  c->session->taking = 0 ;
  verdict = isthere ? verbs_change(c, &change, "retrieve-and-delete", t->id) : verbs_done(c, "retrieve-and-delete", t ? t->id : 0, ENOENT) ;
  free(t) ;
  return verdict ;
}

 /* Before it expires, and while nobody else has stored under its id. */

static int judge_putback (struct call const *c)
{
  struct store_entry const *given = c->session->given ;
  if (!given || (given->expires && !tain_less(c->now, &given->limit))) return ENOENT ;
  return store_get(&c->holder->store, given->id) ? EBUSY : 0 ;
}

enum verdict verb_putback (struct call const *c)
{
  struct session *s = c->session ;
  struct change change = { .kind = CHANGE_RESTORE, .entry = s->given } ;
  int error = judge_putback(c) ;
  enum verdict verdict ;
  if (!error)
  {
    s->given = 0 ;  /* it is the change's */
    return verbs_change(c, &change, "put back", change.entry->id) ;
  }
  verdict = verbs_done(c, "put back", s->given ? s->given->id : 0, error) ;
  verbs_session_end(c->holder, s) ;
  return verdict ;
}
