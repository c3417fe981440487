/* ISC license. */

#ifndef S6ACTIVATION_SLOTS_H
#define S6ACTIVATION_SLOTS_H

 /*
    Who has a place, who waits for one, who is displaced: by account, the
    rule that let a client in and within it the user. When all slots are
    taken, a newcomer displaces a connection of the account that holds the
    most, if that holds more than his own does. Who displaces nobody waits,
    accepted and unread, in a small room.

    While it is full the daemon accepts nobody, as long as places are found:
    so a burst waits where the kernel keeps it. When somebody has waited for
    too long, the room is crowded, for some time: whoever waits behind, in
    the room or in the kernel, must be found. Then no rule has more than its
    share, what is above is closed at once, all are accepted, and who comes
    by another rule than the crowd's waits for nobody's silence.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdholderd/account.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/verbs.h"

enum slots_numbers
{
  SLOTS_ROOM = 16,
  SLOTS_SHARE = SLOTS_ROOM / 4,  /* of one rule, when it is crowded */
  SLOTS_SILENCE_MS = 250,  /* who was heard within it is not displaced */
  SLOTS_PATIENCE_MS = 300,  /* by a newcomer who has not waited for so long */
  SLOTS_CROWDED_MS = 200,  /* somebody has: the room is crowded */
  SLOTS_SIEGE_MS = 5000,  /* and stays so, after nobody has any longer */
  SLOTS_STALEMATE_MS = 1000  /* his account gets no slot for so long, and displaces nobody: he is closed */
} ;

struct slots_waiting
{
  struct rights rights ;
  struct account *account ;
  tain since ;
  pid_t pid ;
  int fd ;
} ;

struct slots
{
  struct holder *holder ;
  struct peer **peers ;  /* n of them, max places */
  uint32_t n ;
  uint32_t max ;
  struct slots_waiting room[SLOTS_ROOM] ;  /* oldest first */
  uint32_t waiting ;
  tain siege ;  /* the room is crowded until then */
  tain timeout ;  /* for the exchanges of peers */
} ;

extern int slots_init (struct slots *, struct holder *, uint32_t max, tain const *timeout) ;
extern void slots_free (struct slots *) ;

extern int slots_isopen (struct slots const *, tain const *now) ;  /* is anybody accepted now? */

 /* Takes fd: it has a place, waits, or is closed. */
extern void slots_arrive (struct slots *, int fd, struct rights const *, pid_t, tain const *now) ;

 /* The waiting connection i is gone. */
extern void slots_leave (struct slots *, uint32_t i) ;
extern void slots_leave_all (struct slots *) ;

 /* Every turn, after all events: sweeps the dead, fills free slots,
    displaces, ends stalemates. */
extern void slots_turn (struct slots *, tain const *now) ;
extern void slots_next (struct slots const *, tain const *now, tain *) ;  /* when the next turn is due */

#endif
