/* ISC license. */

#ifndef S6ACTIVATION_SLOTS_INTERNAL_H
#define S6ACTIVATION_SLOTS_INTERNAL_H

 /* What the files of the slots module share. */

#include <skalibs/tai.h>

#include "libfdholderd/slots.h"

 /* slots.c: a slot for who has left the room, or another process. Neither reads
    nor waits for anything yet. 0: no memory, and all of it is the caller's still. */
extern struct slot *slots_seat (struct slots *, struct slots_waiting const *, tain const *now) ;

 /* slots-events.c: after all that may have changed a peer. */
extern void slots_update (struct slot *, tain const *now) ;
extern void slots_die (struct slot *) ;

 /* slots-line.c: in what order connections of an account make room. */

extern void slots_line_up (struct slot *) ;  /* where its state and its silence put it */

 /* Whom the next in line displaces, and when; 0: nobody. */
extern struct slot *slots_find_displaced (struct slots const *, tain const *now, tain *when) ;

 /* slots-room.c: who waits. */

extern int slots_is_over (tain const *since, unsigned int milliseconds, tain const *now) ;
extern void slots_notice_siege (struct slots *, tain const *now) ;  /* each turn */
extern void slots_crowded_from (struct slots const *, tain *) ;  /* if nothing changes; somebody waits */
extern int slots_iscrowded (struct slots const *, tain const *now) ;
extern struct slots_waiting *slots_next_in_line (struct slots const *) ;

 /* Takes it in, if need be in the place of one who has more; 0: it is the caller's. */
extern int slots_enter_room (struct slots *, struct slots_waiting const *, tain const *now) ;
extern struct slots_waiting slots_leave_room (struct slots *, struct slots_waiting *) ;  /* its socket and account are the caller's */
extern void slots_turn_away (struct slots *, struct slots_waiting *) ;  /* one that is in no room */
extern void slots_watch_room (struct slots *) ;  /* whoever is still there is told of by the loop */
extern void slots_tidy_room (struct slots *, tain const *now) ;

 /* Nobody whom it could displace, nor has its rule got a slot: until when does it wait? */
extern int slots_is_hopeless (struct slots const *, struct slots_waiting const *, tain *until) ;

#endif
