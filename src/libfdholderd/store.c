/* ISC license. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/store.h"
#include "libdaemon/tree.h"

#define name_owned(e) ((struct store_name *)((e)->id - offsetof(struct store_name, id)))
#define entry_bylimit(node) tree_owner(struct store_entry, bylimit, node)

static int compare_ids (struct tree_node const *a, struct tree_node const *b)
{
  return strcmp(store_name_of(a)->id, store_name_of(b)->id) ;
}

static int compare_limits (struct tree_node const *a, struct tree_node const *b)
{
  struct store_entry const *x = entry_bylimit(a), *y = entry_bylimit(b) ;
  if (tain_less(&x->limit, &y->limit)) return -1 ;
  if (tain_less(&y->limit, &x->limit)) return 1 ;
  return strcmp(x->id, y->id) ;
}

static int compare_key (void const *key, struct tree_node const *node)
{
  return strcmp(key, store_name_of(node)->id) ;
}

void store_init (struct store *s, struct fdtable *fdtable, uint32_t max, store_observer_func *observer, void *data)
{
  s->fdtable = fdtable ;
  s->observer = observer ;
  s->data = data ;
  s->serial = 0 ;
  s->idbytes = 0 ;
  s->lent = 0 ;
  s->max = max ;
  tree_init(&s->byid, &compare_ids) ;
  tree_init(&s->bylimit, &compare_limits) ;
  tree_init(&s->byuid, &store_compare_users) ;
}

struct store_entry *store_get (struct store const *s, char const *id)
{
  struct tree_node *node = tree_find(&s->byid, id, &compare_key) ;
  return node ? store_name_of(node)->entry : 0 ;
}

static struct store_name *make_name (char const *id, size_t len)
{
  struct store_name *name = malloc(sizeof(struct store_name) + len + 1) ;
  if (!name) return 0 ;
  name->len = (uint8_t)len ;
  memcpy(name->id, id, len) ;
  name->id[len] = 0 ;
  return name ;
}

struct store_entry *store_entry_new (int fd, char const *id, size_t idlen, tain const *limit)
{
  struct store_name *name = make_name(id, idlen) ;
  struct store_entry *e = name ? malloc(sizeof(struct store_entry)) : 0 ;
  if (!e)
  {
    free(name) ;
    return (errno = ENOMEM, (struct store_entry *)0) ;
  }
  name->entry = e ;
  e->limit = *limit ;
  e->since = tain_zero ;
  e->uid = 0 ;
  e->pid = 0 ;
  e->serial = 0 ;
  e->fd = fd ;
  e->expires = tain_less(limit, STORE_NEVER) ;
  e->issocket = 0 ;
  e->isunix = 0 ;
  e->isopaque = 0 ;
  e->taken = 0 ;
  e->idlen = (uint8_t)idlen ;
  e->id = name->id ;
  return e ;
}

void store_entry_stored_by (struct store_entry *e, uid_t uid, pid_t pid, tain const *now)
{
  e->since = *now ;
  e->uid = uid ;
  e->pid = pid ;
}

void store_entry_free (struct store_entry *e)
{
  if (!e) return ;
  free(name_owned(e)) ;
  free(e) ;
}

static void tell (struct store const *s, enum store_change change, struct store_entry const *e)
{
  if (s->observer) (*s->observer)(s->data, change, e) ;
}

static void insert_by (void (*put) (struct tree *, struct tree_node *), struct store *s, struct store_entry *e, enum store_change change)
{
  e->serial = ++s->serial ;
  e->isopaque = 0 ;  /* who is stuck at it knows it by another serial, if it was lent */
  s->idbytes += (size_t)e->idlen + 1 ;
  (*put)(&s->byid, &name_owned(e)->node) ;
  if (e->expires) tree_insert(&s->bylimit, &e->bylimit) ;
  tell(s, change, e) ;
}

static void insert (struct store *s, struct store_entry *e, enum store_change change)
{
  insert_by(&tree_insert, s, e, change) ;
}

int store_put (struct store *s, struct store_entry *e)
{
  if (store_get(s, e->id)) return (errno = EBUSY, 0) ;
  if (store_isfull(s)) return (errno = ENFILE, 0) ;
  store_add(s, e) ;
  return 1 ;
}

static void take_out (struct store *s, struct store_entry *e)
{
  tree_delete(&s->byid, &name_owned(e)->node) ;
  if (e->expires) tree_delete(&s->bylimit, &e->bylimit) ;
  s->idbytes -= (size_t)e->idlen + 1 ;
}

static void give_up (struct store *s, struct store_entry *e)
{
  store_count_out(s, e) ;
  fdtable_unref(s->fdtable, e->fd) ;
  store_entry_free(e) ;
}

static void drop (struct store *s, struct store_entry *e, enum store_change change)
{
  take_out(s, e) ;
  tell(s, change, e) ;
  give_up(s, e) ;
}

void store_drop (struct store *s, struct store_entry *e)
{
  drop(s, e, STORE_DELETED) ;
}

void store_replace (struct store *s, struct store_entry *e)
{
  struct store_entry *old = store_get(s, e->id) ;
  if (old)
  {
    take_out(s, old) ;
    give_up(s, old) ;
  }
  store_count_in(s, e) ;
  insert(s, e, old ? STORE_REPLACED : STORE_STORED) ;
}

void store_add (struct store *s, struct store_entry *e)
{
  store_count_in(s, e) ;
  insert(s, e, STORE_STORED) ;
}

void store_append (struct store *s, struct store_entry *e)
{
  store_count_in(s, e) ;
  insert_by(&tree_append, s, e, STORE_STORED) ;
}

void store_lend (struct store *s, struct store_entry *e)
{
  take_out(s, e) ;
  s->lent++ ;
  tell(s, STORE_DELETED, e) ;
}

void store_lent (struct store *s, struct store_entry *e)
{
  store_count_in(s, e) ;
  s->lent++ ;
}

int store_restore (struct store *s, struct store_entry *e)
{
  if (store_get(s, e->id)) return (errno = EBUSY, 0) ;
  s->lent-- ;
  e->taken = 0 ;
  insert(s, e, STORE_STORED) ;
  return 1 ;
}

void store_forget (struct store *s, struct store_entry *e)
{
  s->lent-- ;
  give_up(s, e) ;
}

static struct store_entry *first_to_expire (struct store const *s)
{
  struct tree_node *node = tree_first(&s->bylimit) ;
  return node ? entry_bylimit(node) : 0 ;
}

struct store_entry *store_first_expired (struct store const *s, tain const *now)
{
  struct store_entry *e = first_to_expire(s) ;
  return e && !tain_less(now, &e->limit) ? e : 0 ;
}

void store_expire (struct store *s, struct store_entry *e)
{
  drop(s, e, STORE_EXPIRED) ;
}

void store_next_limit (struct store const *s, tain *when)
{
  struct store_entry const *e = first_to_expire(s) ;
  if (e) clock_lower(when, &e->limit) ;
}

void store_free (struct store *s)
{
  while (s->byid.root)
  {
    struct store_entry *e = store_name_of(s->byid.root)->entry ;
    take_out(s, e) ;
    give_up(s, e) ;
  }
}
