/* ISC license. */

#include <stdint.h>

#include <skalibs/random.h>

#include "tree.h"

void tree_init (struct tree *t, tree_compare_func *compare)
{
  t->root = 0 ;
  t->compare = compare ;
  t->count = 0 ;
  random_buf_early((char *)&t->random, sizeof(t->random)) ;
  if (!t->random) t->random = 1 ;
}

 /* xorshift32 (Marsaglia, 2003): priorities need no more. */

static uint32_t next_priority (struct tree *t)
{
  t->random ^= t->random << 13 ;
  t->random ^= t->random >> 17 ;
  t->random ^= t->random << 5 ;
  return t->random ;
}

void tree_insert (struct tree *t, struct tree_node *node)
{
  struct tree_node **link = &t->root ;
  struct tree_node **less = &node->child[0] ;
  struct tree_node **more = &node->child[1] ;
  struct tree_node *rest ;
  node->priority = next_priority(t) ;
  while (*link && (*link)->priority >= node->priority)
    link = &(*link)->child[(*t->compare)(*link, node) < 0] ;
  rest = *link ;
  *link = node ;
  while (rest)
    if ((*t->compare)(rest, node) < 0)
    {
      *less = rest ;
      less = &rest->child[1] ;
      rest = rest->child[1] ;
    }
    else
    {
      *more = rest ;
      more = &rest->child[0] ;
      rest = rest->child[0] ;
    }
  *less = *more = 0 ;
  t->count++ ;
}

void tree_delete (struct tree *t, struct tree_node *node)
{
  struct tree_node **link = &t->root ;
  struct tree_node *less = node->child[0] ;
  struct tree_node *more = node->child[1] ;
  while (*link != node) link = &(*link)->child[(*t->compare)(*link, node) < 0] ;
  while (less && more)
    if (less->priority >= more->priority)
    {
      *link = less ;
      link = &less->child[1] ;
      less = less->child[1] ;
    }
    else
    {
      *link = more ;
      link = &more->child[0] ;
      more = more->child[0] ;
    }
  *link = less ? less : more ;
  t->count-- ;
}

struct tree_node *tree_find (struct tree const *t, void const *key, int (*compare) (void const *, struct tree_node const *))
{
  struct tree_node *node = t->root ;
  while (node)
  {
    int r = (*compare)(key, node) ;
    if (!r) break ;
    node = node->child[r > 0] ;
  }
  return node ;
}

struct tree_node *tree_first (struct tree const *t)
{
  struct tree_node *node = t->root ;
  while (node && node->child[0]) node = node->child[0] ;
  return node ;
}

 /* As deep as the tree is high: some 60 for a million. */

static int visit (struct tree_node *node, tree_iter_func *f, void *data)
{
  for (; node ; node = node->child[1])
    if (!visit(node->child[0], f, data) || !(*f)(node, data)) return 0 ;
  return 1 ;
}

int tree_iter (struct tree const *t, tree_iter_func *f, void *data)
{
  return visit(t->root, f, data) ;
}
