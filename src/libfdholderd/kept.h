/* ISC license. */

#ifndef S6ACTIVATION_KEPT_H
#define S6ACTIVATION_KEPT_H

 /*
    The holder's side of being kept: another process, the keeper, has a copy of
    all that is held (keeper.h). Each operation is told before it is applied, and
    applied before it is answered: what is in the queue of the channel survives
    its sender.

    OFF -> OPEN      somebody asks to keep us, or the keeper has started us     kept_begin()
    ALONE -> OPEN    somebody asks to                                           kept_adopt()
    OPEN -> ALONE    the channel is broken, or has taken nothing for a second:  leave()
                     then the keeper is killed

    What does not fit into the channel is told as there is room. Until then
    nothing else may change what is held; whoever would waits, and is woken in
    kept_turn, as he is who has waited for his own.

    Who adopts us has had nothing: he is told all that is held, as one
    operation, when what he has asked has been answered.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/complaint.h"
#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/store.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire-keep.h"

enum kept_numbers
{
  KEPT_FULL_MS = 1000,
  KEPT_SHORTAGE_MS = 10,
  KEPT_ALONE_SECONDS = 60,  /* between two warnings */
  KEPT_HIGH_WATER = 16384  /* bytes that wait: no more is made */
} ;

enum kept_state
{
  KEPT_OFF,  /* nobody has ever kept us */
  KEPT_ALONE,  /* nobody does any longer */
  KEPT_OPEN
} ;

 /* All of it has been told, or nobody keeps us: it is to be applied. */
typedef void kept_done_func (void *, tain const *now) ;
typedef kept_done_func *kept_done_func_ref ;

typedef void kept_order_func (void *, char /* enum wire_keep_order */) ;
typedef kept_order_func *kept_order_func_ref ;

 /* An operation: of n entries, which are held from now on, or no longer. They
    stay where they are until it is done. */
struct kept_operation
{
  struct store_entry *const *entries ;
  uint32_t n ;
  char kind ;  /* WIRE_KEEP_HOLD, WIRE_KEEP_DROP; with none, WIRE_KEEP_NOTHING */
  kept_done_func_ref done ;
  void *data ;
} ;

struct kept
{
  struct fdtable *fdtable ;
  struct store *store ;
  struct complaints *complaints ;
  struct loop *loop ;
  int listening ;  /* what a keeper is given; -1: we end */
  uint8_t state ;
  uint8_t issnapshot ;  /* all that is held is to be told: at the end of the turn, or now */
  uint8_t isunderway ;
  uint8_t isreadable ;
  uint8_t isfree ;  /* since the last turn: those that wait are to be woken */
  int fd ;  /* of the channel: the table's */
  int keeper ;  /* the process, by descriptor; -1: not known */
  pid_t pid ;
  struct loop_watch watch ;
  struct loop_timer late ;  /* it has taken nothing for too long */
  struct loop_timer again ;  /* the kernel was short of something */
  struct frame_out out ;
  struct kept_operation operation ;  /* that is under way */
  struct store_entry *single ;  /* the only entry of it, where there is one */
  struct store_entry **snapshot ;
  uint32_t made ;  /* messages of it */
  tain warn ;  /* that nobody keeps us */
  kept_order_func_ref order ;
  void *data ;
} ;

extern void kept_init (struct kept *, struct store *, struct complaints *, struct loop *, int listening, kept_order_func *, void *data) ;

 /* The channel to the keeper that has started us, or that the image before had; fd
    is consumed, if it succeeds; 0: there was one, and it has gone. Before any request
    is judged. 0 and errno. */
extern int kept_begin (struct kept *, int fd, tain const *now) ;
extern void kept_ready (struct kept *, tain const *now) ;  /* for the one that has started us, has all that we hold, and waits for that */

 /* The same, to who asks for it: a descriptor in the table, which it takes a
    reference of. 0 and errno: EINVAL it is no connected Unix stream socket, EBUSY somebody keeps us. */
extern int kept_adopt (struct kept *, int fd, tain const *now) ;

 /* May something that is held be changed now? */
#define kept_isbusy(k) ((k)->isunderway || (k)->issnapshot)
#define kept_isopen(k) ((k)->state == KEPT_OPEN)

 /* Tells of one operation. Not to be called while it is busy. 1: it is done, and
    for the caller to apply. 0: done will be called. */
extern int kept_tell (struct kept *, struct kept_operation const *, tain const *now) ;

 /* Every turn. 1: it is busy no longer, and was. */
extern int kept_turn (struct kept *, tain const *now) ;
extern void kept_next (struct kept const *, tain const *now, tain *when) ;

#endif
