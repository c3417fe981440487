/* ISC license. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/list.h"
#include "libdaemon/tree.h"
#include "libfdholderd/watch.h"

struct watch_id
{
  struct tree_node node ;
  struct list due ;
  struct list plain ;
  struct list takers ;
  char id[] ;
} ;

#define id_of(n) tree_owner(struct watch_id, node, n)
#define id_due(l) tree_owner(struct watch_id, due, l)
#define waiter_of(l) tree_owner(struct watch_waiter, link, l)

static int compare (struct tree_node const *a, struct tree_node const *b)
{
  return strcmp(id_of(a)->id, id_of(b)->id) ;
}

static int compare_key (void const *key, struct tree_node const *node)
{
  return strcmp(key, id_of(node)->id) ;
}

void watch_init (struct watch *w, struct loop *loop, watch_wake_func *wake, watch_may_func *may)
{
  static stralloc const none = STRALLOC_ZERO ;
  tree_init(&w->ids, &compare) ;
  list_init(&w->due) ;
  w->waiting = 0 ;
  w->current = 0 ;
  w->wake = wake ;
  list_init(&w->watchers) ;
  w->watching = 0 ;
  w->events = none ;
  w->isoverflow = 0 ;
  w->may = may ;
  w->loop = loop ;
}

void watch_free (struct watch *w)
{
  stralloc_free(&w->events) ;
}

static struct watch_id *find (struct watch const *w, char const *id)
{
  struct tree_node *node = tree_find(&w->ids, id, &compare_key) ;
  return node ? id_of(node) : 0 ;
}

static struct watch_id *enter (struct watch *w, char const *id)
{
  size_t len = strlen(id) + 1 ;
  struct watch_id *i = malloc(sizeof(struct watch_id) + len) ;
  if (!i) return 0 ;
  list_init(&i->due) ;
  list_init(&i->plain) ;
  list_init(&i->takers) ;
  memcpy(i->id, id, len) ;
  tree_insert(&w->ids, &i->node) ;
  return i ;
}

 /* Not the one whose waiters are being woken: watch_turn still looks at it. */

static void leave_if_unwanted (struct watch *w, struct watch_id *i)
{
  if (i == w->current || !list_isempty(&i->plain) || !list_isempty(&i->takers)) return ;
  list_remove(&i->due) ;
  tree_delete(&w->ids, &i->node) ;
  free(i) ;
}

struct watch_waiter *watch_wait (struct watch *w, char const *id, int istaker, uint8_t flags, void *owner)
{
  struct watch_waiter *one = malloc(sizeof(struct watch_waiter)) ;
  struct watch_id *i = one ? find(w, id) : 0 ;
  if (one && !i) i = enter(w, id) ;
  if (!i)
  {
    free(one) ;
    return (errno = ENOMEM, (struct watch_waiter *)0) ;
  }
  one->id = i ;
  one->owner = owner ;
  one->flags = flags ;
  w->waiting++ ;
  list_append(istaker ? &i->takers : &i->plain, &one->link) ;
  return one ;
}

char const *watch_waiter_id (struct watch_waiter const *one)
{
  return one->id->id ;
}

struct iteration
{
  watch_iter_func *f ;
  void *data ;
} ;

static int visit_list (struct list const *l, struct iteration const *i)
{
  for (struct list const *p = l->next ; p != l ; p = p->next)
    if (!(*i->f)(i->data, waiter_of(p)->owner)) return 0 ;
  return 1 ;
}

static int visit (struct tree_node *node, void *data)
{
  return visit_list(&id_of(node)->plain, data) && visit_list(&id_of(node)->takers, data) ;
}

int watch_iter (struct watch const *w, watch_iter_func *f, void *data)
{
  struct iteration i = { .f = f, .data = data } ;
  return tree_iter(&w->ids, &visit, &i) ;
}

void watch_forget (struct watch *w, struct watch_waiter *one)
{
  struct watch_id *i = one->id ;
  list_remove(&one->link) ;
  free(one) ;
  w->waiting-- ;
  leave_if_unwanted(w, i) ;
}

void watch_tell (struct watch *w, char const *id)
{
  struct watch_id *i = watch_isempty(w) ? 0 : find(w, id) ;
  if (i && list_isempty(&i->due)) list_append(&w->due, &i->due) ;
}

 /* Who is woken waits on, or is forgotten, and may be about to wait again. */

static void wake_plain (struct watch *w, struct watch_id *i, tain const *now)
{
  struct list old ;
  list_hand_over(&i->plain, &old) ;
  while (!list_isempty(&old))
  {
    struct watch_waiter *one = waiter_of(old.next) ;
    list_remove(&one->link) ;
    list_append(&i->plain, &one->link) ;
    (*w->wake)(one->owner, now) ;
  }
}

static void wake_takers (struct watch *w, struct watch_id *i, tain const *now)
{
  struct list const *oldest ;
  do
  {
    oldest = i->takers.next ;
    if (oldest != &i->takers) (*w->wake)(waiter_of(oldest)->owner, now) ;
  }
  while (oldest != i->takers.next) ;
}

void watch_turn (struct watch *w, tain const *now)
{
  while (!list_isempty(&w->due))
  {
    struct watch_id *i = w->current = id_due(w->due.next) ;
    list_remove(&i->due) ;
    wake_plain(w, i, now) ;
    wake_takers(w, i, now) ;
    w->current = 0 ;
    leave_if_unwanted(w, i) ;
  }
  watch_tell_events(w, now) ;
}

void watch_next (struct watch const *w, tain const *now, tain *when)
{
  if (!list_isempty(&w->due) || watch_hasevents(w)) clock_lower(when, now) ;
}
