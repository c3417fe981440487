/* ISC license. */

 /* Who has stored how many. Those of one user are a ring, and one of them stands
    for all in the tree: nothing is allocated, so nothing can fail. */

#include <stdint.h>
#include <sys/types.h>

#include "libdaemon/list.h"
#include "libdaemon/tree.h"
#include "libfdholderd/store.h"

#define entry_byuid(node) tree_owner(struct store_entry, byuid, node)
#define entry_sibling(l) tree_owner(struct store_entry, siblings, l)

static int compare (uid_t a, uid_t b)
{
  return a < b ? -1 : a > b ;
}

int store_compare_users (struct tree_node const *a, struct tree_node const *b)
{
  return compare(entry_byuid(a)->uid, entry_byuid(b)->uid) ;
}

static int compare_key (void const *key, struct tree_node const *node)
{
  return compare(*(uid_t const *)key, entry_byuid(node)->uid) ;
}

static struct store_entry *find (struct store const *s, uid_t uid)
{
  struct tree_node *node = tree_find(&s->byuid, &uid, &compare_key) ;
  return node ? entry_byuid(node) : 0 ;
}

uint32_t store_used_by (struct store const *s, uid_t uid)
{
  struct store_entry const *head = find(s, uid) ;
  return head ? head->family : 0 ;
}

void store_count_in (struct store *s, struct store_entry *e)
{
  struct store_entry *head = find(s, e->uid) ;
  list_init(&e->siblings) ;
  e->family = 1 ;
  if (!head) tree_insert(&s->byuid, &e->byuid) ;
  else
  {
    list_append(&head->siblings, &e->siblings) ;
    head->family++ ;
  }
}

void store_count_out (struct store *s, struct store_entry *e)
{
  struct store_entry *head = find(s, e->uid) ;
  struct store_entry *next = entry_sibling(e->siblings.next) ;
  list_remove(&e->siblings) ;
  if (head != e)
  {
    head->family-- ;
    return ;
  }
  tree_delete(&s->byuid, &e->byuid) ;
  if (next == e) return ;
  next->family = e->family - 1 ;
  tree_insert(&s->byuid, &next->byuid) ;
}
