/* ISC license. */

 /* tree.h against a plain table: random insertions and deletions, order,
    and a height that stays logarithmic however the keys come. */

#include <stdlib.h>

#include "support/tap.h"
#include "libdaemon/tree.h"

enum { KEYS = 1000, OPERATIONS = 100000, HEIGHT_MAX = 40 } ;

struct item
{
  struct tree_node node ;
  unsigned int key ;
  int isin ;
} ;

static struct tree tree ;
static struct item items[KEYS] ;

static int compare (struct tree_node const *a, struct tree_node const *b)
{
  unsigned int x = tree_owner(struct item, node, a)->key, y = tree_owner(struct item, node, b)->key ;
  return x < y ? -1 : x > y ;
}

static int compare_key (void const *key, struct tree_node const *b)
{
  unsigned int x = *(unsigned int const *)key, y = tree_owner(struct item, node, b)->key ;
  return x < y ? -1 : x > y ;
}

static unsigned int next ;
static unsigned int seen ;

static int check (struct tree_node *node, void *data)
{
  struct item *i = tree_owner(struct item, node, node) ;
  (void)data ;
  if (!i->isin || i->key < next) return 0 ;
  next = i->key + 1 ;
  seen++ ;
  return 1 ;
}

 /* The shape has the nodes in the order in which each names the next. */

static int is_in_shape (struct tree_node const *node, struct tree_node const **expected)
{
  if (!node) return 1 ;
  for (unsigned int i = 0 ; i < 2 ; i++)
    if (node->child[i] && node->child[i]->priority > node->priority) return 0 ;
  if (!is_in_shape(node->child[0], expected) || *expected != node) return 0 ;
  *expected = node->next ;
  return is_in_shape(node->child[1], expected) ;
}

static int is_sound (unsigned int in)
{
  struct tree_node const *expected = tree_first(&tree) ;
  next = seen = 0 ;
  return tree_iter(&tree, &check, 0) && seen == in && tree.count == in && is_in_shape(tree.root, &expected) && !expected ;
}

static unsigned int height (struct tree_node const *node)
{
  unsigned int a, b ;
  if (!node) return 0 ;
  a = height(node->child[0]) ;
  b = height(node->child[1]) ;
  return 1 + (a > b ? a : b) ;
}

static unsigned int toggle (unsigned int key, unsigned int in)
{
  struct item *i = items + key ;
  i->isin = !i->isin ;
  if (i->isin) tree_insert(&tree, &i->node) ;
  else tree_delete(&tree, &i->node) ;
  return i->isin ? in + 1 : in - 1 ;
}

int main (void)
{
  unsigned int in = 0, bad = 0 ;
  struct tree_node *first ;
  srandom(1) ;
  for (unsigned int i = 0 ; i < KEYS ; i++) items[i].key = i ;
  tree_init(&tree, &compare) ;
  tap_ok(is_sound(0) && !tree_first(&tree) && !tree_find(&tree, &in, &compare_key), "an empty tree has nothing") ;
  for (unsigned int i = 0 ; i < KEYS ; i++) in = toggle(i, in) ;
  tap_ok(is_sound(KEYS) && height(tree.root) < HEIGHT_MAX, "keys that come in order: sound, height %u", height(tree.root)) ;
  for (unsigned int i = 0 ; i < OPERATIONS ; i++)
  {
    in = toggle((unsigned int)random() % KEYS, in) ;
    if (i % 100 == 0 && !is_sound(in)) bad++ ;
  }
  tap_ok(!bad && is_sound(in), "%u random operations: sound at every look", OPERATIONS) ;
  for (unsigned int i = 0 ; i < KEYS ; i++)
    if (tree_find(&tree, &i, &compare_key) != (items[i].isin ? &items[i].node : 0)) bad++ ;
  tap_ok(!bad, "each key is found, or not, as it should be") ;
  while ((first = tree_first(&tree))) in = toggle(tree_owner(struct item, node, first)->key, in) ;
  tap_ok(!in && is_sound(0), "taking the first until there is none empties it") ;
  return tap_done() ;
}
