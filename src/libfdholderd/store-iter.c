/* ISC license. */

 /* All that is held, in order. */

#include "libdaemon/tree.h"
#include "libfdholderd/store.h"

struct iteration
{
  store_iter_func *f ;
  void *data ;
} ;

static int visit (struct tree_node *node, void *data)
{
  struct iteration *i = data ;
  return (*i->f)(store_name_of(node)->entry, i->data) ;
}

int store_iter (struct store const *s, store_iter_func *f, void *data)
{
  struct iteration i = { .f = f, .data = data } ;
  return tree_iter(&s->byid, &visit, &i) ;
}

struct names_iteration
{
  store_iter_names_func *f ;
  void *data ;
} ;

static int visit_name (struct tree_node *node, void *data)
{
  struct names_iteration *i = data ;
  return (*i->f)(store_name_of(node), i->data) ;
}

int store_iter_names (struct store const *s, store_iter_names_func *f, void *data)
{
  struct names_iteration i = { .f = f, .data = data } ;
  return tree_iter(&s->byid, &visit_name, &i) ;
}
