/* ISC license. */

#ifndef S6ACTIVATION_TREE_H
#define S6ACTIVATION_TREE_H

 /*
    A set ordered by a comparison, its nodes within what they order, so that
    nothing is allocated and nothing can fail: a treap (Seidel and Aragon,
    1989). Every operation takes logarithmic time, with any keys in any
    order, for the shape depends on random priorities alone. Each node also
    knows the next one: a walk that follows the random shape would cost a
    mispredicted branch at every node.
 */

#include <stddef.h>
#include <stdint.h>

struct tree_node
{
  struct tree_node *child[2] ;
  struct tree_node *next ;  /* in order */
  uint32_t priority ;
} ;

typedef int tree_compare_func (struct tree_node const *, struct tree_node const *) ;

struct tree
{
  struct tree_node *root ;
  struct tree_node *first ;
  tree_compare_func *compare ;
  uint32_t count ;
  uint32_t random ;
} ;

 /* What holds the node: its type, and the node's field. */
#define tree_owner(type, field, node) ((type *)((char *)(node) - offsetof(type, field)))

extern void tree_init (struct tree *, tree_compare_func *) ;

 /* No node in the tree may be equal to it. */
extern void tree_insert (struct tree *, struct tree_node *) ;
extern void tree_append (struct tree *, struct tree_node *) ;  /* the same, of one that is behind all of them: compares nothing */
extern void tree_delete (struct tree *, struct tree_node *) ;

 /* compare(key, node) as tree_compare_func has it. 0: not there. */
extern struct tree_node *tree_find (struct tree const *, void const *, int (*) (void const *, struct tree_node const *)) ;
#define tree_first(t) ((t)->first)

 /* In order, until the function returns 0, which is then returned. */
typedef int tree_iter_func (struct tree_node *, void *) ;
extern int tree_iter (struct tree const *, tree_iter_func *, void *) ;

#endif
