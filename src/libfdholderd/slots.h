/* ISC license. */

#ifndef S6ACTIVATION_SLOTS_H
#define S6ACTIVATION_SLOTS_H

 /*
    Who has a place, who waits for one, who is displaced: by account, the
    rule that let a client in and within it the user. When all slots are
    taken, a newcomer displaces a connection of the account that holds the
    most, if that holds more than his own does; else one of his own account
    that waits for an id, or watches. Who displaces nobody waits, accepted and unread, in
    a small room.

    While it is full the daemon accepts nobody, as long as places are found:
    so a burst waits where the kernel keeps it. When somebody has waited for
    too long, or the kernel has kept some for too long, the room is crowded,
    for some time: whoever waits behind, in the room or in the kernel, must be
    found. Then no rule has more than its
    share, what is above is closed at once, all are accepted, and who comes
    by another rule than the crowd's waits for nobody's silence.

    A slot tells the loop what its peer waits for, when that changes, and
    stands in the line of its account: nothing walks all slots.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/account.h"
#include "libfdholderd/holder.h"
#include "libfdholderd/peer.h"

enum slots_numbers
{
  SLOTS_ROOM = 16,
  SLOTS_SHARE = SLOTS_ROOM / 4,  /* of one rule, when it is crowded */
  SLOTS_SILENCE_MS = 250,  /* who was heard within it is not displaced */
  SLOTS_PATIENCE_MS = 300,  /* by a newcomer who has not waited for so long */
  SLOTS_CROWDED_MS = 200,  /* somebody has: the room is crowded */
  SLOTS_CROWD = 16,  /* or it was full, and not all were accepted since, and a rule has so many users */
  SLOTS_BEHIND_MS = 700,  /* or fewer, but for so long: a burst of few users is served as it comes */
  SLOTS_SIEGE_MS = 5000,  /* and stays so, after nobody has any longer */
  SLOTS_STALEMATE_MS = 1000  /* his account gets no slot for so long, and displaces nobody: he is closed */
} ;

struct slots ;

struct slot
{
  struct loop_watch watch ;
  struct loop_timer timer ;  /* of the peer's deadlines */
  struct list line ;  /* among those of its account; the dead are in a list of their own */
  struct list withheld ;  /* it would be read, but there is no room for what it may bring */
  struct slots *slots ;
  struct peer *peer ;
  uint32_t place ;
  uint8_t isinherited ;  /* from another image */
} ;

struct slots_waiting
{
  struct loop_watch watch ;
  struct slots *slots ;
  struct rights rights ;
  struct account *account ;  /* 0: the cell is free */
  tain since ;
  pid_t pid ;
  int fd ;
  uint8_t isinherited ;
} ;

struct slots
{
  struct holder *holder ;
  struct loop *loop ;
  struct slot **all ;  /* n of them, max places */
  uint32_t n ;
  uint32_t max ;
  struct list dead ;  /* freed at the end of the turn */
  struct list withheld ;
  uint64_t changes ;  /* what closing and open descriptors were when those were looked at */
  struct slots_waiting cells[SLOTS_ROOM] ;
  struct slots_waiting *room[SLOTS_ROOM] ;  /* of the cells, oldest first */
  uint32_t waiting ;
  tain behind ;  /* since when it keeps some whom a full room keeps out; infinite: nobody */
  tain siege ;  /* the room is crowded until then */
  tain timeout ;  /* for the exchanges of peers */
  uint8_t isinheriting ;  /* who arrives has arrived in another image */
} ;

extern int slots_init (struct slots *, struct holder *, struct loop *, uint32_t max, tain const *timeout) ;
extern void slots_free (struct slots *) ;  /* closes all; a daemon that ends need not */

extern int slots_isopen (struct slots const *, tain const *now) ;  /* is anybody accepted now? */

 /* Takes fd: it has a place, waits, or is closed. */
extern void slots_arrive (struct slots *, int fd, struct rights const *, pid_t, tain const *now) ;

 /* Who was another process's has a place, whatever max is: its watch, and all
    that its state brings, begin with slots_inherited. 0, ENOMEM: all of it is
    the caller's still. */
extern struct peer *slots_inherit (struct slots *, struct slots_waiting const *, tain const *now) ;
extern void slots_inherited (struct peer *, tain const *now) ;

 /* holder->isquiescing has changed. */
extern void slots_quiesce (struct slots *, tain const *now) ;
extern int slots_arequiet (struct slots const *) ;
extern void slots_end_exchanges (struct slots *, tain const *now) ;  /* what is still under way is undone */

#define slots_arewithheld(s) (!list_isempty(&(s)->withheld))  /* is somebody not read until something is closed? */

 /* Does the kernel keep some whom a full room kept out? All have been accepted. */
#define slots_arebehind(s) (tain_less(&(s)->behind, &tain_infinite))
extern void slots_relieve (struct slots *) ;

extern void slots_leave_all (struct slots *) ;  /* nobody waits any longer */
extern void slots_lameduck (struct slots *, tain const *now) ;

 /* What is called with a slot: it is ready, its time has come, what it waits
    for may be there, something has changed. */
extern loop_ready_func slots_ready ;
extern loop_due_func slots_due ;
extern watch_wake_func slots_wake ;
extern watch_may_func slots_mayhear ;

 /* Every turn, after all events: sweeps the dead, fills free slots,
    displaces, ends stalemates. */
extern void slots_turn (struct slots *, tain const *now) ;
extern void slots_next (struct slots const *, tain const *now, tain *) ;  /* when the next turn is due */

#endif
