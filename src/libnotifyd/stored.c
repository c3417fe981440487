/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>

#include "libnotifyd/stored-internal.h"
#include "libnotifyd/stored.h"

#define name_of(n) tree_owner(struct stored_name, node, (n))
#define entry_of(l) tree_owner(struct stored_entry, same, (l))

static int order (char const *a, size_t alen, char const *b, size_t blen)
{
  int r = memcmp(a, b, alen < blen ? alen : blen) ;
  return r ? r : alen < blen ? -1 : alen > blen ;
}

static int compare (struct tree_node const *a, struct tree_node const *b)
{
  return order(name_of(a)->s, name_of(a)->len, name_of(b)->s, name_of(b)->len) ;
}

static int compare_key (void const *key, struct tree_node const *node)
{
  struct stored_key const *k = key ;
  return order(k->s, k->len, name_of(node)->s, name_of(node)->len) ;
}

void stored_init (struct stored *s, char const *prefix, uint32_t max, void *owner)
{
  tree_init(&s->names, &compare) ;
  s->prefix = prefix ;
  s->prefixlen = strlen(prefix) ;
  s->max = max ;
  s->live = s->count = 0 ;
  s->owner = owner ;
}

static struct stored_name *find_name (struct stored const *s, char const *name, size_t len)
{
  struct stored_key const key = { .s = name, .len = len } ;
  struct tree_node *node = tree_find(&s->names, &key, &compare_key) ;
  return node ? name_of(node) : 0 ;
}

static struct stored_name *make_name (struct stored *s, char const *name, size_t len)
{
  struct stored_name *n = find_name(s, name, len) ;
  if (n) return n ;
  n = malloc(sizeof(*n) + len + 1) ;
  if (!n) return 0 ;
  memcpy(n->s, name, len) ;
  n->s[len] = 0 ;
  n->len = len ;
  list_init(&n->entries) ;
  tree_insert(&s->names, &n->node) ;
  return n ;
}

static void drop_name (struct stored *s, struct stored_name *n)
{
  if (!list_isempty(&n->entries)) return ;
  tree_delete(&s->names, &n->node) ;
  free(n) ;
}

 /* The entry before which that one belongs; or 0: it is there. Both kinds may be held with
    one number; none is added that has another's. */

static struct list *place_of (struct stored_name *n, uint32_t number, int ispolled)
{
  struct list *l = n->entries.next ;
  while (l != &n->entries && entry_of(l)->number < number) l = l->next ;
  for ( ; l != &n->entries && entry_of(l)->number == number ; l = l->next)
    if (entry_of(l)->ispolled == !!ispolled) return 0 ;
  return l ;
}

static uint32_t free_number (struct stored_name const *n)
{
  uint32_t number = 0 ;
  for (struct list *l = n->entries.next ; l != &n->entries && entry_of(l)->number <= number ; l = l->next)
    if (entry_of(l)->number == number) number++ ;
  return number ;
}

static struct stored_entry *make_entry (struct stored *s, struct stored_name *n, uint32_t number, int ispolled)
{
  struct list *before = place_of(n, number, ispolled) ;
  struct stored_entry *e = before ? calloc(1, sizeof(*e)) : 0 ;
  if (!e)
  {
    drop_name(s, n) ;
    return before ? 0 : (errno = EEXIST, NULL) ;
  }
  list_insert_after(before->prev, &e->same) ;
  list_init(&e->queue) ;
  e->hangup.fd = -1 ;
  e->stored = s ;
  e->name = n ;
  e->number = number ;
  e->ispolled = !!ispolled ;
  e->fd = -1 ;
  s->count++ ;
  return e ;
}

static struct stored_entry *find_unwanted (struct stored_name const *n, int ispolled)
{
  for (struct list *l = n->entries.next ; l != &n->entries ; l = l->next)
    if (entry_of(l)->fd < 0 && entry_of(l)->ispolled == !!ispolled) return entry_of(l) ;
  return 0 ;
}

static struct stored_entry *set_fd (struct stored_entry *e, int fd, struct sameness const *file, enum stored_state state)
{
  e->fd = fd ;
  e->device = file->device ;
  e->inode = file->inode ;
  e->state = (uint8_t)state ;
  if (state == STORED_HELD) e->isthere = 1 ;
  e->stored->live++ ;
  return e ;
}

static struct stored_entry *add (struct stored *s, char const *name, size_t len, int fd, int ispolled)
{
  struct sameness file ;
  struct stored_name *n ;
  struct stored_entry *e ;
  if (!sameness_look(&file, fd)) return 0 ;
  n = find_name(s, name, len) ;
  for (struct list *l = n ? n->entries.next : 0 ; l && l != &n->entries ; l = l->next)
    if (sameness_issame(&file, entry_of(l))) return (errno = EEXIST, NULL) ;
  if (s->live >= s->max) return (errno = ENFILE, NULL) ;
  e = n ? find_unwanted(n, ispolled) : 0 ;
  if (e) return set_fd(e, fd, &file, STORED_WANTED) ;
  if (s->count >= 2 * s->max) return (errno = ENFILE, NULL) ;
  n = make_name(s, name, len) ;
  e = n ? make_entry(s, n, free_number(n), ispolled) : 0 ;
  return e ? set_fd(e, fd, &file, STORED_WANTED) : 0 ;
}

struct stored_entry *stored_add (struct stored *s, char const *name, size_t len, int fd, int ispolled)
{
  struct stored_entry *e = add(s, name, len, fd, ispolled) ;
  int error = errno ;
  if (!e) fd_close(fd) ;
  errno = error ;
  return e ;
}

static struct stored_entry *adopt (struct stored *s, char const *text, int fd)
{
  struct sameness file ;
  struct stored_idparts id ;
  struct stored_name *n ;
  struct stored_entry *e ;
  if (!stored_parse(s, text, &id)) return (errno = EINVAL, NULL) ;
  if (!sameness_look(&file, fd)) return 0 ;
  n = make_name(s, id.name.s, id.name.len) ;
  e = n ? make_entry(s, n, id.number, id.ispolled) : 0 ;
  return e ? set_fd(e, fd, &file, STORED_HELD) : 0 ;
}

struct stored_entry *stored_adopt (struct stored *s, char const *id, int fd)
{
  struct stored_entry *e = adopt(s, id, fd) ;
  int error = errno ;
  if (!e) fd_close(fd) ;
  errno = error ;
  return e ;
}

struct stored_entry *stored_find (struct stored const *s, char const *text)
{
  struct stored_idparts id ;
  struct stored_name *n = stored_parse(s, text, &id) ? find_name(s, id.name.s, id.name.len) : 0 ;
  for (struct list *l = n ? n->entries.next : 0 ; l && l != &n->entries ; l = l->next)
    if (entry_of(l)->number == id.number && entry_of(l)->ispolled == id.ispolled) return entry_of(l) ;
  return 0 ;
}

void stored_close (struct stored_entry *e)
{
  if (e->fd < 0) return ;
  fd_close(e->fd) ;
  e->fd = -1 ;
  e->stored->live-- ;
}

void stored_forget (struct stored_entry *e)
{
  struct stored *s = e->stored ;
  stored_close(e) ;
  list_remove(&e->same) ;
  drop_name(s, e->name) ;
  s->count-- ;
  free(e) ;
}

static void each_of (struct stored_name *n, stored_func *f, void *data)
{
  struct list *end = &n->entries ;
  struct list *next ;
  int islast = list_isempty(end) ;
  for (struct list *l = end->next ; !islast ; l = next)
  {
    next = l->next ;
    islast = next == end ;  /* the name goes with its last entry */
    (*f)(data, entry_of(l)) ;
  }
}

void stored_each_named (struct stored *s, char const *name, size_t len, stored_func *f, void *data)
{
  struct stored_name *n = find_name(s, name, len) ;
  if (n) each_of(n, f, data) ;
}

void stored_each (struct stored *s, stored_func *f, void *data)
{
  struct tree_node *next ;
  for (struct tree_node *node = tree_first(&s->names) ; node ; node = next)
  {
    next = node->next ;
    each_of(name_of(node), f, data) ;
  }
}
