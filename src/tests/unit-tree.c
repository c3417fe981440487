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

 /* 0, or what is wrong with it */

static char const *fault (unsigned int in)
{
  struct tree_node const *expected = tree_first(&tree) ;
  next = seen = 0 ;
  if (!tree_iter(&tree, &check, 0)) return "its nodes are not in order" ;
  if (seen != in) return "it has too few nodes, or too many" ;
  if (tree.count != in) return "it counts them wrong" ;
  if (!is_in_shape(tree.root, &expected)) return "its shape is wrong" ;
  return expected ? "its shape lacks nodes" : 0 ;
}

static unsigned int height (struct tree_node const *node)
{
  unsigned int a, b ;
  if (!node) return 0 ;
  a = height(node->child[0]) ;
  b = height(node->child[1]) ;
  return 1 + (a > b ? a : b) ;
}

 /* All that is in the tree: every second time, so that the other way is gone, too. */

static int is_behind (unsigned int key)
{
  static unsigned int turn = 0 ;
  for (unsigned int i = key + 1 ; i < KEYS ; i++) if (items[i].isin) return 0 ;
  return turn++ & 1 ;
}

static unsigned int toggle (unsigned int key, unsigned int in)
{
  struct item *i = items + key ;
  i->isin = !i->isin ;
  if (i->isin) (*(is_behind(key) ? &tree_append : &tree_insert))(&tree, &i->node) ;
  else tree_delete(&tree, &i->node) ;
  return i->isin ? in + 1 : in - 1 ;
}

int main (void)
{
  unsigned int in = 0, bad = 0 ;
  char const *wrong = 0 ;
  struct tree_node *first ;
  srandom(1) ;
  for (unsigned int i = 0 ; i < KEYS ; i++) items[i].key = i ;
  tree_init(&tree, &compare) ;
  tap_string(fault(0), 0, "an empty tree is sound") ;
  tap_ok(!tree_first(&tree), "it has no first") ;
  tap_ok(!tree_find(&tree, &in, &compare_key), "and nothing is found in it") ;
  for (unsigned int i = 0 ; i < KEYS ; i++) in = toggle(i, in) ;
  tap_string(fault(KEYS), 0, "keys that come in order: it is sound") ;
  tap_most(height(tree.root), HEIGHT_MAX - 1, "keys that come in order: its height") ;
  for (unsigned int i = 0 ; i < OPERATIONS ; i++)
  {
    in = toggle((unsigned int)random() % KEYS, in) ;
    if (i % 100 == 0 && !wrong) wrong = fault(in) ;
  }
  tap_string(wrong, 0, "%u random operations: sound at every look", OPERATIONS) ;
  tap_string(fault(in), 0, "and after them") ;
  for (unsigned int i = 0 ; i < KEYS ; i++)
    if (tree_find(&tree, &i, &compare_key) != (items[i].isin ? &items[i].node : 0)) bad++ ;
  tap_int(bad, 0, "each key is found, or not, as it should be") ;
  while ((first = tree_first(&tree))) in = toggle(tree_owner(struct item, node, first)->key, in) ;
  tap_int(in, 0, "taking the first until there is none takes all") ;
  tap_string(fault(0), 0, "and empties it") ;
  for (unsigned int i = 0 ; i < KEYS ; i++)
  {
    items[i].isin = 1 ;
    tree_append(&tree, &items[i].node) ;
  }
  tap_string(fault(KEYS), 0, "keys that are appended: it is sound") ;
  tap_most(height(tree.root), HEIGHT_MAX - 1, "and its height is as if they had been inserted") ;
  return tap_done() ;
}
