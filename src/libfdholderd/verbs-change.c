/* ISC license. */

 /* What is held changes: the keeper is told, then it is so, then the answer goes. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libdaemon/list.h"
#include "libdaemon/tree.h"
#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdholderd/watch.h"
#include "libfdwire/wire-keep.h"

#define postponed_of(l) tree_owner(struct postponed, link, l)
#define taking_of(l) tree_owner(struct taking, link, l)

 /* Who deletes a listening socket may want to bind to its address next: it is
    closed before the answer, if that can be. */

static void drop (struct holder *h, struct store_entry *e)
{
  int issocket = e->issocket ;
  uint32_t before = closer_pending(&h->closer) ;
  store_drop(&h->store, e) ;
  if (issocket) closer_settle(&h->closer, before) ;
}

 /* Who has gone cannot put back. */

static void lend (struct holder *h, struct session *s, struct store_entry *e)
{
  if (s) store_lend(&h->store, s->given = e) ;
  else store_drop(&h->store, e) ;
}

static void apply (struct holder *h, struct session *s, struct change const *c)
{
  switch (c->kind)
  {
    case CHANGE_STORE : store_replace(&h->store, c->entry) ; break ;
    case CHANGE_DUMP :
      for (uint32_t i = 0 ; i < c->n ; i++) store_replace(&h->store, c->entries[i]) ;
      free(c->entries) ;
      break ;
    case CHANGE_DELETE : drop(h, c->entry) ; break ;
    case CHANGE_TAKE : store_drop(&h->store, c->entry) ; break ;
    case CHANGE_LEND : lend(h, s, c->entry) ; break ;
    case CHANGE_RESTORE : store_restore(&h->store, c->entry) ; break ;  /* nobody else has its id: it was judged */
    case CHANGE_EXPIRE : store_expire(&h->store, c->entry) ; break ;
  }
}

static void on_told (void *data, tain const *now)
{
  struct holder *h = data ;
  struct change_underway *u = &h->changes.underway ;
  struct session *s = u->session ;
  apply(h, s, &u->change) ;
  u->session = 0 ;
  if (!s) return ;
  s->changing = CHANGING_DONE ;
  (*h->watch.wake)(u->owner, now) ;
}

 /* 1: it is applied. 0: it will be. */

static int make (struct holder *h, struct session *s, struct change const *c, tain const *now)
{
  static struct change_underway const nobody = { .session = 0 } ;
  int isheld = c->kind == CHANGE_STORE || c->kind == CHANGE_DUMP || c->kind == CHANGE_RESTORE ;
  struct kept_operation const o =
  {
    .entries = c->kind == CHANGE_DUMP ? c->entries : &c->entry,
    .n = c->kind == CHANGE_DUMP ? c->n : 1,
    .kind = isheld ? WIRE_KEEP_HOLD : WIRE_KEEP_DROP,
    .done = &on_told,
    .data = h
  } ;
  if ((c->kind == CHANGE_DUMP && !c->n) || kept_tell(&h->kept, &o, now))
  {
    apply(h, s, c) ;
    return 1 ;
  }
  h->changes.underway = nobody ;
  h->changes.underway.change = *c ;
  return 0 ;
}

enum verdict verbs_change (struct call const *c, struct change const *change, char const *what, char const *id)
{
  struct change_underway *u = &c->holder->changes.underway ;
  char copy[WIRE_ID_MAX + 1] = "" ;
  if (id) strcpy(copy, id) ;  /* ids fit; and it may be the entry's, which may go */
  if (make(c->holder, c->session, change, c->now)) return verbs_done(c, what, id ? copy : 0, 0) ;
  u->session = c->session ;
  u->owner = c->owner ;
  u->what = what ;
  u->hasid = !!id ;
  strcpy(u->id, copy) ;  /* it is as long */
  c->session->changing = CHANGING_NOW ;
  return VERDICT_LATER ;
}

enum verdict verbs_postpone (struct call const *c)
{
  int isdump = c->request->verb == WIRE_DUMPFRAME ;
  int fd = c->request->nfds && !isdump ? c->fds[0] : -1 ;
  c->session->postponed = postponed_new(&c->holder->changes, c->request, fd, c->owner) ;
  if (c->session->postponed) return VERDICT_LATER ;
  if (isdump) return VERDICT_NOMEMORY ;
  if (fd >= 0) fdtable_unref(&c->holder->fdtable, fd) ;
  return verbs_done(c, "change (wait begun)", c->request->entry.id.s, ENOMEM) ;
}

static void complete (struct holder *h, struct taking *t, tain const *now)
{
  struct change change = { .kind = CHANGE_TAKE, .entry = store_get(&h->store, t->id) } ;
  int isthere = change.entry && change.entry->serial == t->serial ;
  free(t) ;
  if (isthere) make(h, 0, &change, now) ;
}

void verbs_taking_complete (struct holder *h, struct session *s, tain const *now)
{
  struct taking *t = s->taking ;
  s->taking = 0 ;
  verbs_log(h, s, "retrieve-and-delete", t->id, 0) ;
  if (kept_isbusy(&h->kept)) list_append(&h->changes.taken, &t->link) ;
  else complete(h, t, now) ;
}

void verbs_expire (struct holder *h, tain const *now)
{
  struct change change = { .kind = CHANGE_EXPIRE } ;
  while (!kept_isbusy(&h->kept) && (change.entry = store_first_expired(&h->store, now))) make(h, 0, &change, now) ;
}

int verbs_isbehind (struct holder const *h)
{
  return kept_isbusy(&h->kept) || !list_isempty(&h->changes.taken) ;
}

static void complete_takings (struct holder *h, tain const *now)
{
  while (!kept_isbusy(&h->kept) && !list_isempty(&h->changes.taken))
  {
    struct taking *t = taking_of(h->changes.taken.next) ;
    list_remove(&t->link) ;
    complete(h, t, now) ;
  }
}

 /* Who is woken may have to wait again, behind the others. */

void verbs_go_on (struct holder *h, tain const *now)
{
  struct list old ;
  complete_takings(h, now) ;
  list_hand_over(&h->changes.postponed, &old) ;
  while (!list_isempty(&old))
  {
    struct postponed *p = postponed_of(old.next) ;
    if (kept_isbusy(&h->kept)) break ;
    list_remove(&p->link) ;
    list_append(&h->changes.postponed, &p->link) ;
    (*h->watch.wake)(p->owner, now) ;
  }
  while (!list_isempty(&old))
  {
    struct list *last = old.prev ;
    list_remove(last) ;
    list_insert_after(&h->changes.postponed, last) ;
  }
}
