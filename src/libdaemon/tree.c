/* ISC license. */

#include <stdint.h>

#include <skalibs/random.h>

#include "libdaemon/tree.h"

void tree_init (struct tree *t, tree_compare_func *compare)
{
  t->root = t->first = 0 ;
  t->compare = compare ;
  t->count = 0 ;
  t->random = 0 ;
}

 /* xorshift32 (Marsaglia, 2003): priorities need no more. It never comes to 0, and begins
    with the first node: not every tree has one. */

static uint32_t next_priority (struct tree *t)
{
  if (!t->random) random_buf_early((char *)&t->random, sizeof(t->random)) ;
  if (!t->random) t->random = 1 ;
  t->random ^= t->random << 13 ;
  t->random ^= t->random >> 17 ;
  t->random ^= t->random << 5 ;
  return t->random ;
}

static void link_after (struct tree *t, struct tree_node *before, struct tree_node *node)
{
  struct tree_node **link = before ? &before->next : &t->first ;
  node->next = *link ;
  *link = node ;
}

void tree_insert (struct tree *t, struct tree_node *node)
{
  struct tree_node **link = &t->root ;
  struct tree_node **less = &node->child[0] ;
  struct tree_node **more = &node->child[1] ;
  struct tree_node *before = 0 ;
  struct tree_node *rest ;
  node->priority = next_priority(t) ;
  while (*link && (*link)->priority >= node->priority)
  {
    int isless = (*t->compare)(*link, node) < 0 ;
    if (isless) before = *link ;
    link = &(*link)->child[isless] ;
  }
  rest = *link ;
  *link = node ;
  while (rest)
    if ((*t->compare)(rest, node) < 0)
    {
      *less = before = rest ;
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
  link_after(t, before, node) ;
  t->count++ ;
}

 /* To the right of what has a higher priority, and above the rest. */

void tree_append (struct tree *t, struct tree_node *node)
{
  struct tree_node **link = &t->root ;
  struct tree_node *before = 0 ;
  node->priority = next_priority(t) ;
  while (*link && (*link)->priority >= node->priority)
  {
    before = *link ;
    link = &before->child[1] ;
  }
  node->child[0] = *link ;
  node->child[1] = 0 ;
  *link = node ;
  for (struct tree_node *less = node->child[0] ; less ; less = less->child[1]) before = less ;
  link_after(t, before, node) ;
  t->count++ ;
}

 /* The place that points to node; *before: the node before it, if any. */

static struct tree_node **find_place (struct tree *t, struct tree_node *node, struct tree_node **before)
{
  struct tree_node **link = &t->root ;
  *before = 0 ;
  while (*link != node)
  {
    int isless = (*t->compare)(*link, node) < 0 ;
    if (isless) *before = *link ;
    link = &(*link)->child[isless] ;
  }
  for (struct tree_node *less = node->child[0] ; less ; less = less->child[1]) *before = less ;
  return link ;
}

void tree_delete (struct tree *t, struct tree_node *node)
{
  struct tree_node *before ;
  struct tree_node **link = find_place(t, node, &before) ;
  struct tree_node *less = node->child[0] ;
  struct tree_node *more = node->child[1] ;
  if (before) before->next = node->next ;
  else t->first = node->next ;
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

 /* The next node is on its way while this one is looked at. */
#ifdef __GNUC__
#define tree_fetch(node) __builtin_prefetch(node)
#else
#define tree_fetch(node) (void)(node)
#endif

int tree_iter (struct tree const *t, tree_iter_func *f, void *data)
{
  for (struct tree_node *node = t->first ; node ; node = node->next)
  {
    tree_fetch(node->next) ;
    if (!(*f)(node, data)) return 0 ;
  }
  return 1 ;
}
