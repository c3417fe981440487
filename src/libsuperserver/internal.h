/* ISC license. */

#ifndef S6ACTIVATION_SUPERSERVER_INTERNAL_H
#define S6ACTIVATION_SUPERSERVER_INTERNAL_H

#include <stdint.h>
#include <spawn.h>
#include <time.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libsuperserver/superserver.h"

#include "libdaemon/backoff.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"

 /* A hash table of slot numbers: whose slots they are, only its user knows. */

struct slotindex
{
  uint32_t *table ;  /* slot + 1, 0 where there is none */
  uint32_t size ;  /* a power of 2, or 0 */
  uint32_t used ;
} ;

struct slotindex_class
{
  uint64_t (*hash_slot) (void const *owner, uint32_t slot) ;
  int (*slot_is) (void const *owner, uint32_t slot, void const *key) ;
} ;

#define SLOT_NONE UINT32_MAX

 /* Makes room for one more slot. 0 and errno ENOMEM. */
extern int slotindex_reserve (struct slotindex *, struct slotindex_class const *, void const *owner) ;
extern uint32_t slotindex_find (struct slotindex const *, struct slotindex_class const *, void const *owner, uint64_t hash, void const *key) ;
extern void slotindex_add (struct slotindex *, uint64_t hash, uint32_t slot) ;  /* after a reserve */
extern void slotindex_remove (struct slotindex *, struct slotindex_class const *, void const *owner, uint64_t hash, uint32_t slot) ;

 /* The keyed hash of n bytes: clients choose their addresses, not their places. */
struct hashseed
{
  uint64_t k[2] ;
} ;
extern void hashseed_init (struct hashseed *) ;
extern uint64_t hashseed_hash (struct hashseed const *, void const *bytes, size_t n) ;

 /* The running children, and how many each client has. */

struct child
{
  pid_t pid ;  /* 0: free, and identity is the next free one */
  uint32_t identity ;  /* SLOT_NONE: not known */
} ;

struct identity
{
  union
  {
    unsigned char key[SUPERSERVER_KEYSIZE] ;
    uint32_t next ;  /* the next free one */
  } is ;
  uint32_t count ;  /* 0: free */
} ;

 /*
   Slots in blocks that stay where they are: an array that moves as it grows
   leaves holes of its own size.
 */

struct slotblocks
{
  void **block ;
  uint32_t blocks ;
  uint32_t len ;  /* slots in use or on the free list */
  uint32_t firstfree ;  /* SLOT_NONE: none */
} ;

struct children
{
  struct slotblocks child ;
  struct slotblocks identity ;
  uint32_t running ;
  struct slotindex bypid ;
  struct slotindex bykey ;
  struct hashseed seed ;
} ;

extern void children_init (struct children *) ;

 /* Makes room for one more child, so that recording it cannot fail. 0 and errno ENOMEM. */
extern int children_reserve (struct children *) ;

 /* How many children the client with that key has. */
extern uint32_t children_count (struct children const *, unsigned char const *key) ;

 /* Records a child, after a reserve. key is 0 when the client is not known. */
extern void children_add (struct children *, pid_t, unsigned char const *key) ;

 /* Forgets a child. 1 and its key in *key and *known; 0 if it is not ours. */
extern int children_remove (struct children *, pid_t, unsigned char *key, int *known) ;

extern void children_kill (struct children const *, int sig) ;

 /* The environment of children: what we inherited, and a tail that is written anew for each. */

struct superserver_environment
{
  char const **envp ;
  size_t inherited ;
  size_t n ;
  size_t max ;
  char *text ;
  size_t len ;
  size_t size ;
} ;

extern int environment_init (struct superserver_environment *, struct superserver_face const *) ;
extern void environment_restart (struct superserver_environment *) ;

 /* posix_spawn with all that is the same for each child made once. */

struct spawner
{
  char const *const *argv ;
  char const *path ;  /* of argv[0], found once */
  posix_spawn_file_actions_t actions ;
  posix_spawnattr_t attributes ;
  int fd ;  /* the descriptor that actions are made for */
} ;

extern int spawner_init (struct spawner *, char const *const *argv) ;
 /* Child with fd as stdin and stdout; the parent's fd stays open. 0 and errno. */
extern pid_t spawner_run (struct spawner *, int fd, char const *const *envp) ;

 /* The loop's own, and what it says at -v 2. */

struct server
{
  struct superserver const *config ;
  struct children children ;
  struct superserver_environment environment ;
  struct spawner spawner ;
  struct log log ;
  struct complaints complaints ;  /* what clients can cause goes here */
  struct superserver_client client ;
  unsigned int waiting : 1 ;  /* client is accepted, and has no child yet */
  unsigned int isasked : 1 ;  /* somebody waits to be accepted */
  unsigned int isending : 1 ;
  struct loop loop ;
  struct loop_watch listener ;  /* started while accept is asked for */
  struct loop_watch signals ;
  struct loop_timer wake ;
  struct backoff backoff ;  /* accept or a spawn has failed */
  tain sweep ;  /* when to look for children that ended unnoticed; infinite: there are none */
  uint32_t unswept ;  /* children that were taken by their number since the last look */
} ;

 /* What has just failed, by errno. */
extern void server_complain (struct server *, char const *what, char const *name, char const *then) ;

extern void server_accept (struct server *) ;
 /* The client that was accepted gets its child, or waits for another try, or is given up. */
extern void server_serve (struct server *) ;

extern void server_reap (struct server *, pid_t) ;  /* after a SIGCHLD that names this one */
extern void server_sweep (struct server *) ;  /* takes every child that has ended */

extern void server_turn_away (int fd, int family) ;  /* closes an accepted connection, and never waits for that */

extern void server_log_status (struct server *) ;
extern void server_log_accept (struct server *, pid_t, unsigned char const *key) ;  /* key 0: the client is not known */
extern void server_log_reject (struct server *, uint32_t count) ;
extern void server_log_end (struct server *, pid_t, unsigned char const *key, int known, int status) ;

#endif
