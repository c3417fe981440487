/* ISC license. */

#ifndef S6ACTIVATION_ACCOUNT_H
#define S6ACTIVATION_ACCOUNT_H

 /*
    Who has how much of what connections share (H42): by the rule that let a
    client in, and within it by user. A person with many users is one rule,
    so a crowd of them keeps nobody out who has a rule of his own. Counts
    alone: of what, and what follows from them, only their users know.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdholderd/policy.h"
#include "libdaemon/closer.h"
#include "libdaemon/list.h"
#include "libdaemon/tree.h"

struct account_counts
{
  uint32_t held ;  /* slots */
  uint32_t waiting ;  /* places in the room */
  uint32_t exposed ;  /* connections that may not have read descriptors that we sent */
  uint32_t closing ;  /* descriptors that they have brought, and that are being closed */
  uint64_t unread ;  /* how many of those, at most */
} ;

struct account_rule
{
  struct tree_node node ;
  struct tree users ;
  struct account_counts n ;  /* of all its users */
  struct closer_lane lane ;  /* what is closed for them */
  tain admitted ;  /* when one of them last got a slot */
  char key[POLICY_KEY_SIZE] ;
} ;

struct account
{
  struct tree_node node ;
  struct account_rule *rule ;
  struct account_counts n ;
  struct list idle ;  /* its connections, who was heard last at the end: slots.h */
  struct list patient ;  /* as idle as those, but their requests are answered later, or they watch */
  struct list busy ;
  uint32_t references ;
  uid_t uid ;
} ;

struct accounts
{
  struct tree rules ;
} ;

extern void accounts_init (struct accounts *) ;

 /* One reference more, which account_release gives back; with the last one
    the account goes. 0 and errno ENOMEM. */
extern struct account *account_get (struct accounts *, char const *key, uid_t uid) ;
extern void account_release (struct accounts *, struct account *) ;

 /* Adds to, or takes from, a count of the user and of his rule. */
#define account_add(a, what, k) ((a)->n.what += (k), (a)->rule->n.what += (k))
#define account_subtract(a, what, k) ((a)->n.what -= (k), (a)->rule->n.what -= (k))

 /* Has the first less slots than the second? By rule first. */
extern int account_isless (struct account const *, struct account const *) ;

 /* How many users has the rule that has most, with connections or closes? */
extern uint32_t account_most_users (struct accounts const *) ;

 /* Whose slots should make room for this one: the busiest user of the rule
    that has most, if that has more than his; else the busiest user of his
    own rule, if that one has more than he. 0: nobody's. */
extern struct account *account_busier (struct accounts const *, struct account const *) ;

 /* The same for places in the room. */
extern struct account *account_more_waiting (struct accounts const *, struct account const *) ;

#endif
