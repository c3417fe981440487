/* ISC license. */

#ifndef S6ACTIVATION_WATCH_H
#define S6ACTIVATION_WATCH_H

 /*
    Who waits for what, and who is told of every change.

    Who waits is found by id, so that a change of the store costs nothing
    that waits for another one: those that want a copy, and those that want to
    take it away, each in the order in which they came. When something is there
    again, all of the first are woken and ask again; of the others the oldest,
    and the next one while the one before has been answered.

    They are woken in watch_turn, and nowhere else: whoever makes the change is
    in the middle of a request of his own. There, too, those who are told are told.
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libdaemon/tree.h"
#include "libfdholderd/channel.h"
#include "libfdwire/wire.h"

struct watch_id ;

struct watch_waiter
{
  struct list link ;
  struct watch_id *id ;
  void *owner ;  /* whom to wake */
  uint8_t flags ;  /* of the request, for when it asks again */
} ;

struct watch_watcher
{
  struct list link ;
  struct channel channel ;
  void *owner ;  /* who may be told of changes, or may not any longer */
  size_t from ;  /* of the events that are kept, the first that it is to be told */
  char glob[] ;  /* of ids; empty: all */
} ;

typedef void watch_wake_func (void *owner, tain const *now) ;
typedef watch_wake_func *watch_wake_func_ref ;

 /* May it be told of changes? 0: no, and its watcher has been unsubscribed. */
typedef int watch_may_func (void *owner, tain const *now) ;
typedef watch_may_func *watch_may_func_ref ;

struct watch
{
  struct tree ids ;  /* that somebody waits for */
  uint32_t waiting ;  /* how many do */
  struct list due ;  /* of them, those that are there */
  struct watch_id *current ;  /* whose waiters are being woken; or 0 */
  watch_wake_func_ref wake ;
  struct list watchers ;
  uint32_t watching ;  /* how many those are */
  stralloc events ;  /* that they have not been told: messages of the native dialect */
  uint8_t isoverflow ;  /* and some for which there was no room */
  watch_may_func_ref may ;
  struct loop *loop ;
} ;

extern void watch_init (struct watch *, struct loop *, watch_wake_func *, watch_may_func *) ;
extern void watch_free (struct watch *) ;  /* nobody waits or watches by now; a daemon that ends need not */
#define watch_isempty(w) (!(w)->ids.count)

 /* 0, errno ENOMEM. istaker: it is one of those that take the id away. */
extern struct watch_waiter *watch_wait (struct watch *, char const *id, int istaker, uint8_t flags, void *owner) ;
extern char const *watch_waiter_id (struct watch_waiter const *) ;  /* as long as it waits */

 /* All that wait, those for one id in their order, until the function returns 0, which is returned. */
typedef int watch_iter_func (void *, void *owner) ;
extern int watch_iter (struct watch const *, watch_iter_func *, void *) ;

 /* It waits no longer, and is freed. */
extern void watch_forget (struct watch *, struct watch_waiter *) ;

 /* Something is there under that id. */
extern void watch_tell (struct watch *, char const *id) ;


 /* From now on it is told, by that pipe, of changes of ids that match the glob; 0:
    of all. 0 and errno: EINVAL, ENOMEM. */
extern struct watch_watcher *watch_subscribe (struct watch *, int channel, char const *glob, void *owner) ;
extern void watch_unsubscribe (struct watch *, struct watch_watcher *) ;  /* before its pipe is closed */
#define watch_haslost(one) ((one)->channel.state == CHANNEL_LOST)
extern void watch_lose (struct watch_watcher *) ;  /* it has not been told of something */
extern int watch_isglob (char const *) ;  /* fnmatch(3), but all that is opened is closed */

 /* Something has changed. Whether anybody wants to know is for the caller to ask. */
#define watch_iswatched(w) (!!(w)->watching)
extern void watch_note (struct watch *, enum wire_event_kind, tain const *when, char const *id, size_t) ;

extern void watch_turn (struct watch *, tain const *now) ;
extern void watch_next (struct watch const *, tain const *now, tain *when) ;  /* when the next turn is due; lowers it */


 /* watch-events.c, for watch.c */
#define watch_hasevents(w) ((w)->events.len || (w)->isoverflow)
extern void watch_tell_events (struct watch *, tain const *now) ;

#endif
