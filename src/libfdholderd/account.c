/* ISC license. */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libfdholderd/account.h"

#define rule_of(p) tree_owner(struct account_rule, node, (p))
#define user_of(p) tree_owner(struct account, node, (p))

static int compare_rules (struct tree_node const *a, struct tree_node const *b)
{
  return strcmp(rule_of(a)->key, rule_of(b)->key) ;
}

static int compare_key (void const *key, struct tree_node const *node)
{
  return strcmp(key, rule_of(node)->key) ;
}

static int compare_users (struct tree_node const *a, struct tree_node const *b)
{
  uid_t x = user_of(a)->uid, y = user_of(b)->uid ;
  return x < y ? -1 : x > y ;
}

static int compare_uid (void const *key, struct tree_node const *node)
{
  uid_t x = *(uid_t const *)key, y = user_of(node)->uid ;
  return x < y ? -1 : x > y ;
}

void accounts_init (struct accounts *all)
{
  tree_init(&all->rules, &compare_rules) ;
}

static struct account_rule *get_rule (struct accounts *all, char const *key)
{
  struct tree_node *node = tree_find(&all->rules, key, &compare_key) ;
  struct account_rule *r ;
  if (node) return rule_of(node) ;
  r = calloc(1, sizeof(*r)) ;
  if (!r) return 0 ;
  strncpy(r->key, key, sizeof(r->key) - 1) ;
  tree_init(&r->users, &compare_users) ;
  tree_insert(&all->rules, &r->node) ;
  return r ;
}

static void forget_if_unused (struct accounts *all, struct account_rule *r)
{
  if (r->users.count) return ;
  tree_delete(&all->rules, &r->node) ;
  free(r) ;
}

struct account *account_get (struct accounts *all, char const *key, uid_t uid)
{
  struct account_rule *r = get_rule(all, key) ;
  struct tree_node *node = r ? tree_find(&r->users, &uid, &compare_uid) : 0 ;
  struct account *a = node ? user_of(node) : 0 ;
  if (!r) return (errno = ENOMEM, (struct account *)0) ;
  if (!a)
  {
    a = calloc(1, sizeof(*a)) ;
    if (!a)
    {
      forget_if_unused(all, r) ;
      return (errno = ENOMEM, (struct account *)0) ;
    }
    a->rule = r ;
    list_init(&a->idle) ;
    list_init(&a->patient) ;
    list_init(&a->busy) ;
    a->uid = uid ;
    tree_insert(&r->users, &a->node) ;
  }
  a->references++ ;
  return a ;
}

void account_release (struct accounts *all, struct account *a)
{
  struct account_rule *r = a->rule ;
  if (--a->references) return ;
  tree_delete(&r->users, &a->node) ;
  free(a) ;
  forget_if_unused(all, r) ;
}

uint32_t account_most_users (struct accounts const *all)
{
  uint32_t most = 0 ;
  for (struct tree_node *p = tree_first(&all->rules) ; p ; p = p->next)
    if (rule_of(p)->users.count > most) most = rule_of(p)->users.count ;
  return most ;
}

int account_isless (struct account const *a, struct account const *b)
{
  if (a->rule->n.held != b->rule->n.held) return a->rule->n.held < b->rule->n.held ;
  return a->n.held < b->n.held ;
}

 /* Which of the counts is meant: its place in struct account_counts. */

static uint32_t count_at (struct account_counts const *n, size_t offset)
{
  return *(uint32_t const *)((char const *)n + offset) ;
}

static struct account *busiest_user (struct account_rule const *r, size_t offset)
{
  struct account *best = user_of(tree_first(&r->users)) ;
  for (struct tree_node *p = best->node.next ; p ; p = p->next)
    if (count_at(&user_of(p)->n, offset) > count_at(&best->n, offset)) best = user_of(p) ;
  return best ;
}

static struct account *busier (struct accounts const *all, struct account const *a, size_t offset)
{
  struct account_rule *most = a->rule ;
  struct account *user ;
  for (struct tree_node *p = tree_first(&all->rules) ; p ; p = p->next)
    if (count_at(&rule_of(p)->n, offset) > count_at(&most->n, offset)) most = rule_of(p) ;
  user = busiest_user(most, offset) ;
  return most != a->rule || count_at(&user->n, offset) > count_at(&a->n, offset) ? user : 0 ;
}

struct account *account_busier (struct accounts const *all, struct account const *a)
{
  return busier(all, a, offsetof(struct account_counts, held)) ;
}

struct account *account_more_waiting (struct accounts const *all, struct account const *a)
{
  return busier(all, a, offsetof(struct account_counts, waiting)) ;
}
