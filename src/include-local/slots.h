/* ISC license. */

#ifndef S6ACTIVATION_SLOTS_H
#define S6ACTIVATION_SLOTS_H

 /*
    Who has a place, who waits for one, who is displaced. When all slots
    are taken, a newcomer displaces a connection of the uid that holds the
    most, if that uid holds more than its own does. Who displaces nobody
    waits, accepted and unread, in a small room; while that is full the
    daemon accepts nobody.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

#include "peer.h"
#include "verbs.h"

enum slots_numbers
{
  SLOTS_ROOM = 16,
  SLOTS_SILENCE_MS = 250,  /* who was heard within it is not displaced */
  SLOTS_STALEMATE_MS = 1000  /* no slot changes hands for so long: the room is cleared */
} ;

struct slots_waiting
{
  struct rights rights ;
  pid_t pid ;
  int fd ;
} ;

struct slots_user
{
  uid_t uid ;
  uint32_t held ;
} ;

struct slots
{
  struct holder *holder ;
  struct peer **peers ;  /* n of them, max places */
  uint32_t n ;
  uint32_t max ;
  struct slots_waiting room[SLOTS_ROOM] ;  /* oldest first */
  uint32_t waiting ;
  genalloc users ;  /* struct slots_user */
  tain changed ;  /* when a slot last changed hands, or the room began to fill */
  uint8_t isstuck ;  /* the room was cleared, and no slot has changed hands since */
  tain timeout ;  /* for the exchanges of peers */
} ;

extern int slots_init (struct slots *, struct holder *, uint32_t max, tain const *timeout) ;
extern void slots_free (struct slots *) ;

#define slots_isfull(s) ((s)->waiting == SLOTS_ROOM)

 /* Takes fd. The room must not be full. */
extern void slots_arrive (struct slots *, int fd, struct rights const *, pid_t, tain const *now) ;

 /* The waiting connection i is gone. */
extern void slots_leave (struct slots *, uint32_t i) ;
extern void slots_leave_all (struct slots *) ;

 /* Every turn, after all events: sweeps the dead, fills free slots,
    displaces, ends stalemates. */
extern void slots_turn (struct slots *, tain const *now) ;
extern void slots_next (struct slots const *, tain const *now, tain *) ;  /* when the next turn is due */

#endif
