/* ISC license. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>
#include <skalibs/avltree.h>
#include <skalibs/genalloc.h>
#include <skalibs/gensetdyn.h>

#include "fdtable.h"
#include "store.h"

#define entry_of(s, fd) (genalloc_s(struct store_entry *, &(s)->entries)[fd])

 /* Trees hold descriptor numbers: each held one is held once. */

static void *key_id (uint32_t fd, void *data)
{
  return entry_of((struct store *)data, fd)->id ;
}

static int compare_id (void const *a, void const *b, void *data)
{
  (void)data ;
  return strcmp(a, b) ;
}

static void *key_limit (uint32_t fd, void *data)
{
  return entry_of((struct store *)data, fd) ;
}

static int compare_limit (void const *a, void const *b, void *data)
{
  struct store_entry const *x = a, *y = b ;
  (void)data ;
  if (tain_less(&x->limit, &y->limit)) return -1 ;
  if (tain_less(&y->limit, &x->limit)) return 1 ;
  return strcmp(x->id, y->id) ;
}

void store_init (struct store *s, struct fdtable *fdtable, uint32_t max)
{
  static genalloc const zero = GENALLOC_ZERO ;
  s->fdtable = fdtable ;
  s->entries = zero ;
  s->serial = 0 ;
  s->max = max ;
  avltree_init(&s->byid, 8, 3, 8, &key_id, &compare_id, s) ;
  avltree_init(&s->bylimit, 8, 3, 8, &key_limit, &compare_limit, s) ;
}

uint32_t store_count (struct store const *s)
{
  return avltree_len(&s->byid) ;
}

struct store_entry *store_get (struct store const *s, char const *id)
{
  uint32_t fd ;
  return avltree_search(&s->byid, id, &fd) ? entry_of(s, fd) : 0 ;
}

struct store_entry *store_entry_new (int fd, char const *id, size_t idlen, tain const *limit, uid_t uid, tain const *now)
{
  struct store_entry *e = malloc(sizeof(struct store_entry) + idlen + 1) ;
  if (!e) return (errno = ENOMEM, (struct store_entry *)0) ;
  e->limit = *limit ;
  e->stored = *now ;
  e->serial = 0 ;
  e->fd = fd ;
  e->uid = uid ;
  e->expires = tain_less(limit, STORE_NEVER) ;
  e->taken = 0 ;
  e->idlen = (uint8_t)idlen ;
  memcpy(e->id, id, idlen) ;
  e->id[idlen] = 0 ;
  return e ;
}

void store_entry_free (struct store_entry *e)
{
  free(e) ;
}

 /* avltree_delete of skalibs 2.13 writes the number of nodes for "no child": a
    tree that has grown would take it for a node. So it is replaced by then. */

static int reserve_nodes (avltree *t, uint32_t n)
{
  uint32_t old = avltree_totalsize(t) ;
  if (!gensetdyn_readyplus(&t->x, n)) return 0 ;
  if (avltree_totalsize(t) == old) return 1 ;
  for (uint32_t i = 0 ; i < old ; i++)
  {
    avlnode *node = avltree_nodes(t) + i ;
    if (node->child[0] >= old) node->child[0] = UINT32_MAX ;
    if (node->child[1] >= old) node->child[1] = UINT32_MAX ;
  }
  if (avltree_root(t) >= old) avltree_setroot(t, UINT32_MAX) ;
  return 1 ;
}

int store_reserve (struct store *s, uint32_t n, int maxfd)
{
  size_t len = genalloc_len(struct store_entry *, &s->entries) ;
  if (!n) return 1 ;
  if ((size_t)maxfd >= len)
  {
    if (!genalloc_ready(struct store_entry *, &s->entries, (size_t)maxfd + 1)) return 0 ;
    memset(genalloc_s(struct store_entry *, &s->entries) + len, 0, ((size_t)maxfd + 1 - len) * sizeof(struct store_entry *)) ;
    genalloc_setlen(struct store_entry *, &s->entries, (size_t)maxfd + 1) ;
  }
  return reserve_nodes(&s->byid, n) && reserve_nodes(&s->bylimit, n) ;
}

 /* Memory is there: the insertions only take nodes that were made ready. */

static void insert (struct store *s, struct store_entry *e)
{
  e->serial = ++s->serial ;
  entry_of(s, e->fd) = e ;
  avltree_insert(&s->byid, (uint32_t)e->fd) ;
  if (e->expires) avltree_insert(&s->bylimit, (uint32_t)e->fd) ;
}

int store_put (struct store *s, struct store_entry *e)
{
  if (store_get(s, e->id)) return EBUSY ;
  if (store_count(s) >= s->max) return ENFILE ;
  if (!store_reserve(s, 1, e->fd)) return ENOMEM ;
  insert(s, e) ;
  return 0 ;
}

void store_replace (struct store *s, struct store_entry *e)
{
  struct store_entry *old = store_get(s, e->id) ;
  if (old) store_drop(s, old) ;
  insert(s, e) ;
}

void store_drop (struct store *s, struct store_entry *e)
{
  avltree_delete(&s->byid, e->id) ;
  if (e->expires) avltree_delete(&s->bylimit, e) ;
  entry_of(s, e->fd) = 0 ;
  fdtable_unref(s->fdtable, e->fd) ;
  free(e) ;
}

static struct store_entry *first_to_expire (struct store const *s)
{
  uint32_t fd ;
  return avltree_min(&s->bylimit, &fd) ? entry_of(s, fd) : 0 ;
}

void store_expire (struct store *s, tain const *now, store_expired_func *tell, void *data)
{
  for (;;)
  {
    struct store_entry *e = first_to_expire(s) ;
    if (!e || tain_less(now, &e->limit)) return ;
    (*tell)(e, data) ;
    store_drop(s, e) ;
  }
}

void store_next_limit (struct store const *s, tain *limit)
{
  struct store_entry const *e = first_to_expire(s) ;
  *limit = e ? e->limit : *STORE_NEVER ;
}

struct iteration
{
  struct store const *store ;
  store_iter_func *f ;
  void *data ;
} ;

static int visit (uint32_t fd, unsigned int depth, void *data)
{
  struct iteration *i = data ;
  (void)depth ;
  return (*i->f)(entry_of(i->store, fd), i->data) ;
}

int store_iter (struct store const *s, store_iter_func *f, void *data)
{
  struct iteration i = { .store = s, .f = f, .data = data } ;
  if (!store_count(s)) return 1 ;
  return avltree_iter(&s->byid, &visit, &i) ;
}

static int give_up (struct store_entry const *e, void *data)
{
  fdtable_unref(((struct store *)data)->fdtable, e->fd) ;
  free((void *)e) ;
  return 1 ;
}

void store_free (struct store *s)
{
  store_iter(s, &give_up, s) ;
  avltree_free(&s->byid) ;
  avltree_free(&s->bylimit) ;
  genalloc_free(struct store_entry *, &s->entries) ;
}
