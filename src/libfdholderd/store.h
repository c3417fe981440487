/* ISC license. */

#ifndef S6ACTIVATION_STORE_H
#define S6ACTIVATION_STORE_H

 /*
    The held descriptors: id -> {descriptor, limit}. Ordered by
    id for listing, and by (limit, id) for those that expire, so that equal
    limits do not collide. Time is what the caller says it is: limits are
    on the daemon's monotonic clock, STORE_NEVER for none.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdholderd/fdtable.h"
#include "libdaemon/list.h"
#include "libdaemon/tree.h"

 /* What is looked up, and listed: apart from the rest, so that many of them are
    walked fast. */
struct store_name
{
  struct tree_node node ;
  struct store_entry *entry ;
  uint8_t len ;
  char id[] ;  /* and a NUL */
} ;
#define store_name_of(n) tree_owner(struct store_name, node, n)

struct store_entry
{
  struct tree_node byuid ;  /* in its tree only if it stands for all of its user */
  struct list siblings ;  /* those of the same user */
  uint32_t family ;  /* how many, where it stands for them */
  uid_t uid ;  /* who has stored it, */
  pid_t pid ;
  uint8_t issocket ;  /* whoever makes the entry says so */
  uint8_t isunix ;  /* likewise */
  uint8_t isopaque ;  /* whoever looked into it is stuck */
  uint8_t taken ;  /* a retrieve-and-delete is under way */
  tain since ;  /* and when */
  uint64_t serial ;  /* unlike any other entry's: tells a replaced one */
  struct tree_node bylimit ;  /* in its tree only if the entry expires */
  tain limit ;
  int fd ;
  uint8_t expires ;
  uint8_t idlen ;
  char const *id ;  /* of its name, which is its own */
} ;

enum store_change
{
  STORE_STORED,
  STORE_REPLACED,
  STORE_DELETED,
  STORE_EXPIRED
} ;

 /* The entry: the new one of a replacement, the one that goes. Within a change
    of the store: nothing else may be changed there. */
typedef void store_observer_func (void *, enum store_change, struct store_entry const *) ;
typedef store_observer_func *store_observer_func_ref ;  /* 0: nobody is told */

struct store
{
  struct fdtable *fdtable ;
  store_observer_func_ref observer ;
  void *data ;  /* the observer's */
  struct tree byid ;
  struct tree bylimit ;  /* entries that expire */
  struct tree byuid ;  /* one of each user's, also of those that are lent */
  uint64_t serial ;
  size_t idbytes ;  /* of all ids, with their NULs: how long a list is */
  uint32_t lent ;  /* entries that are out and may come back */
  uint32_t max ;
} ;

#define STORE_NEVER (&tain_infinite)

extern void store_init (struct store *, struct fdtable *, uint32_t max, store_observer_func *, void *) ;
extern void store_free (struct store *) ;  /* closes all, and tells nobody; a daemon that ends need not */
#define store_count(s) ((s)->byid.count)
#define store_used(s) (store_count(s) + (s)->lent)  /* of max */
#define store_isfull(s) (store_used(s) >= (s)->max)

 /* How many of them that user has stored: a lookup among users. */
extern uint32_t store_used_by (struct store const *, uid_t) ;

extern struct store_entry *store_get (struct store const *, char const *) ;

 /* A new entry that is in no store yet; it owns the caller's reference to
    fd. 0, errno ENOMEM: the reference is still the caller's. */
extern struct store_entry *store_entry_new (int fd, char const *id, size_t idlen, tain const *limit) ;

 /* Who has stored it, and when: before it is put. */
extern void store_entry_stored_by (struct store_entry *, uid_t, pid_t, tain const *now) ;

 /* An entry that is in no store. Its reference stays with the caller. */
extern void store_entry_free (struct store_entry *) ;

 /* 0 and errno: EBUSY the id is taken, ENFILE the store is full.
    On failure the entry, and its reference, are still the caller's. */
extern int store_put (struct store *, struct store_entry *) ;

 /* Puts the entry in the place of whatever has its id, which is dropped.
    Not limited by max. Cannot fail. */
extern void store_replace (struct store *, struct store_entry *) ;

 /* The same, where it is known that nothing has its id. */
extern void store_add (struct store *, struct store_entry *) ;
extern void store_append (struct store *, struct store_entry *) ;  /* and that all ids that are there come before */

 /* Takes the entry out, frees it, gives its reference up. */
extern void store_drop (struct store *, struct store_entry *) ;

 /* Takes the entry out, for as long as it may have to come back: nobody finds
    it, it is told as deleted and as stored again, but it keeps its reference, its limit, and its part of max. It is the
    caller's until one of the next two. */
extern void store_lend (struct store *, struct store_entry *) ;

 /* The same for an entry that is in no store: another process has lent it. */
extern void store_lent (struct store *, struct store_entry *) ;

 /* It comes back. 0, EBUSY: its id was given to another, it is still lent. */
extern int store_restore (struct store *, struct store_entry *) ;

 /* It does not: freed, its reference given up. */
extern void store_forget (struct store *, struct store_entry *) ;

 /* The first entry whose limit has come; or 0. And that goes, as one that has expired. */
extern struct store_entry *store_first_expired (struct store const *, tain const *now) ;
extern void store_expire (struct store *, struct store_entry *) ;

 /* Lowers it to the next limit that will come. */
extern void store_next_limit (struct store const *, tain *when) ;

 /* Limits travel as wall clock times and are kept on the clock of now, by
    what is left of them at a given wall clock time.
    store_limit_from_wire: 0 where the limit has passed. */
extern int store_limit_from_wire (tain *limit, tain const *wire, tain const *wallclock, tain const *now) ;
extern void store_limit_to_wire (tain *wire, struct store_entry const *, tain const *wallclock, tain const *now) ;

 /* All entries in the order of their ids; stops when the function returns 0. */
typedef int store_iter_func (struct store_entry const *, void *) ;
extern int store_iter (struct store const *, store_iter_func *, void *) ;

 /* The same, of names alone. */
typedef int store_iter_names_func (struct store_name const *, void *) ;
extern int store_iter_names (struct store const *, store_iter_names_func *, void *) ;

 /* store-users.c, for store.c: it counts, or does not any longer. */
extern int store_compare_users (struct tree_node const *, struct tree_node const *) ;
extern void store_count_in (struct store *, struct store_entry *) ;
extern void store_count_out (struct store *, struct store_entry *) ;

#endif
