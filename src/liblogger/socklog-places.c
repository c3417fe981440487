/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include "libdaemon/tree.h"
#include "liblogger/socklog-internal.h"

#define account_of(n) tree_owner(struct socklog_account, node, (n))
#define placed(l) tree_owner(struct socklog_source, place, (l))

static int compare_key (void const *key, struct tree_node const *node)
{
  return memcmp(key, account_of(node)->key, SOCKLOG_KEY) ;
}

int socklog_find_account (struct socklog_source *x, unsigned char const *key)
{
  struct socklog *l = x->socklog ;
  struct tree_node *node = tree_find(&l->accounts, key, &compare_key) ;
  if (node)
  {
    x->account = account_of(node) ;
    return 1 ;
  }
  x->account = calloc(1, sizeof(*x->account)) ;
  if (!x->account) return 0 ;
  memcpy(x->account->key, key, SOCKLOG_KEY) ;
  list_init(&x->account->connections) ;
  tree_insert(&l->accounts, &x->account->node) ;
  return 1 ;
}

int socklog_serve (struct socklog_source *x)
{
  if (!socklog_watch(x)) return 0 ;
  list_append(&x->account->connections, &x->place) ;
  x->isserved = 1 ;
  x->account->served++ ;
  x->socklog->served++ ;
  return 1 ;
}

static void stop_waiting (struct socklog_source *x)
{
  list_remove(&x->place) ;
  x->iswaiting = 0 ;
  x->account->waiting-- ;
  x->socklog->waitinglen-- ;
}

void socklog_heard (struct socklog_source *x)
{
  if (!x->isserved) return ;
  list_remove(&x->place) ;
  list_append(&x->account->connections, &x->place) ;
}

void socklog_leave (struct socklog_source *x)
{
  struct socklog_account *a = x->account ;
  if (!a) return ;
  if (x->iswaiting) stop_waiting(x) ;
  if (x->isserved)
  {
    list_remove(&x->place) ;
    a->served-- ;
    x->socklog->served-- ;
  }
  if (a->served || a->waiting) return ;
  tree_delete(&x->socklog->accounts, &a->node) ;
  free(a) ;
}

int socklog_wait (struct socklog_source *x)
{
  struct socklog *l = x->socklog ;
  struct socklog_account *a = x->account ;
  if (l->waitinglen == SOCKLOG_ROOM || a->waiting == SOCKLOG_ROOM_SHARE) return 0 ;
  x->iswaiting = 1 ;
  list_append(&l->waiting, &x->place) ;
  a->waiting++ ;
  l->waitinglen++ ;
  return 1 ;
}

struct socklog_source *socklog_next (struct socklog *l)
{
  struct socklog_source *first ;
  if (l->served >= l->most || list_isempty(&l->waiting)) return 0 ;
  first = placed(l->waiting.next) ;
  for (struct list *i = l->waiting.next ; i != &l->waiting ; i = i->next)
    if (placed(i)->account->served < first->account->served) first = placed(i) ;
  stop_waiting(first) ;
  return first ;
}

static int find_most (struct tree_node *node, void *data)
{
  struct socklog_account **most = data ;
  if (account_of(node)->served > (*most)->served) *most = account_of(node) ;
  return 1 ;
}

struct socklog_source *socklog_silent (struct socklog_source *x)
{
  struct socklog_account *most = x->account ;
  tree_iter(&x->socklog->accounts, &find_most, &most) ;
  return most->served > x->account->served + 1 ? placed(most->connections.next) : 0 ;
}
