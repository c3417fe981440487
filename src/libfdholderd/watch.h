/* ISC license. */

#ifndef S6ACTIVATION_WATCH_H
#define S6ACTIVATION_WATCH_H

 /*
    Who waits for what. By id, so that a change of the store costs nothing
    that waits for another one: those that want a copy, and those that want to
    take it away, each in the order in which they came. When something is there
    again, all of the first are woken and ask again; of the others the oldest,
    and the next one while the one before has been answered.

    They are woken in watch_turn, and nowhere else: whoever makes the change is
    in the middle of a request of his own.
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libdaemon/tree.h"

struct watch_id ;

struct watch_waiter
{
  struct list link ;
  struct watch_id *id ;
  void *owner ;  /* whom to wake */
  uint8_t flags ;  /* of the request, for when it asks again */
} ;

typedef void watch_wake_func (void *owner, tain const *now) ;
typedef watch_wake_func *watch_wake_func_ref ;

struct watch
{
  struct tree ids ;  /* that somebody waits for */
  struct list due ;  /* of them, those that are there */
  struct watch_id *current ;  /* whose waiters are being woken; or 0 */
  watch_wake_func_ref wake ;
} ;

extern void watch_init (struct watch *, watch_wake_func *) ;
#define watch_isempty(w) (!(w)->ids.count)

 /* 0, errno ENOMEM. istaker: it is one of those that take the id away. */
extern struct watch_waiter *watch_wait (struct watch *, char const *id, int istaker, uint8_t flags, void *owner) ;
extern char const *watch_waiter_id (struct watch_waiter const *) ;  /* as long as it waits */

 /* It waits no longer, and is freed. */
extern void watch_forget (struct watch *, struct watch_waiter *) ;

 /* Something is there under that id. */
extern void watch_tell (struct watch *, char const *id) ;

extern void watch_turn (struct watch *, tain const *now) ;
extern void watch_next (struct watch const *, tain const *now, tain *when) ;  /* when the next turn is due; lowers it */

#endif
