/* ISC license. */

#ifndef S6ACTIVATION_LIST_H
#define S6ACTIVATION_LIST_H

 /* A ring of nodes, which lie in what they link. One that stands for the whole
    list has no owner: before the first, and behind the last. */

struct list
{
  struct list *prev ;
  struct list *next ;
} ;

 /* An empty list, or a node that is in none. */
static inline void list_init (struct list *l)
{
  l->prev = l->next = l ;
}

#define list_isempty(l) ((l)->next == (l))

static inline void list_insert_after (struct list *l, struct list *node)
{
  node->prev = l ;
  node->next = l->next ;
  l->next->prev = node ;
  l->next = node ;
}

#define list_append(l, node) list_insert_after((l)->prev, (node))

 /* Nothing if it is in none. */
static inline void list_remove (struct list *node)
{
  node->prev->next = node->next ;
  node->next->prev = node->prev ;
  list_init(node) ;
}

 /* What is in l is in other, whatever that was, and l is empty. */
static inline void list_hand_over (struct list *l, struct list *other)
{
  list_insert_after(l, other) ;
  list_remove(l) ;
}

#endif
