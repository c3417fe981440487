/* ISC license. */

#ifndef S6ACTIVATION_CHANGE_H
#define S6ACTIVATION_CHANGE_H

 /*
    A change of what is held, which was judged and is to be told to the keeper
    before it is applied (kept.h). And what waits for that: those that have asked
    for another one meanwhile, and takings of the s6 dialect whose answer has
    left, which nothing can take back.
 */

#include <stdint.h>

#include "libdaemon/list.h"
#include "libfdwire/wire.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/store.h"

struct session ;

enum change_kind
{
  CHANGE_STORE,  /* the entry, instead of what has its id */
  CHANGE_DUMP,  /* n entries likewise; the array is the change's */
  CHANGE_DELETE,
  CHANGE_TAKE,  /* likewise: somebody has it now */
  CHANGE_LEND,  /* and may put it back */
  CHANGE_RESTORE,  /* a lent one */
  CHANGE_EXPIRE
} ;

struct change
{
  enum change_kind kind ;
  struct store_entry *entry ;
  struct store_entry **entries ;
  uint32_t n ;
} ;

 /* The one that the keeper is being told of. */
struct change_underway
{
  struct change change ;
  struct session *session ;  /* who is to be answered; 0: nobody any longer */
  void *owner ;  /* whom to wake then */
  char const *what ;  /* for the log */
  uint8_t hasid ;
  char id[WIRE_ID_MAX + 1] ;
} ;

 /* A request that waits: a copy. */
struct postponed
{
  struct list link ;
  struct wire_request request ;
  void *owner ;  /* whom to wake */
  int fd ;  /* -1: it has none */
  char id[WIRE_ID_MAX + 1] ;
} ;

struct changes
{
  struct change_underway underway ;
  struct list postponed ;
  struct list taken ;  /* struct taking */
} ;

extern void changes_init (struct changes *) ;

 /* Behind the others. fd: a reference, consumed; -1: none. 0, ENOMEM: it is the caller's still. */
extern struct postponed *postponed_new (struct changes *, struct wire_request const *, int fd, void *owner) ;
extern void postponed_free (struct postponed *, struct fdtable *) ;  /* gives the descriptor up */

#endif
