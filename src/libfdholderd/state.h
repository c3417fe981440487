/* ISC license. */

#ifndef S6ACTIVATION_STATE_H
#define S6ACTIVATION_STATE_H

 /*
    What crosses an exec: all that the holder holds, and the connections that
    are not in the middle of anything. Made and kept by one image, loaded and
    inherited by the next one. The descriptors are inherited under their
    numbers; the bytes are in a file that nobody else can change.
 */

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libfdholderd/holder.h"
#include "libfdholderd/slots.h"
#include "libfdwire/wire-state.h"

enum { STATE_OWN_MAX = 3 } ;

struct state
{
  struct wire_state_head head ;
  int own[STATE_OWN_MAX] ;  /* not in it: the other image is told of them by words */
  unsigned int owns ;
  stralloc bytes ;  /* all, with the digest; the rest points into it */
  size_t rest ;  /* where in them the connections begin; 0: that is not known */
  uint32_t loose ;  /* entries whose descriptors do not stay open over an exec yet */
  genalloc closing ;  /* struct wire_state_closing: those that are open */
} ;
#define STATE_ZERO { .bytes = STRALLOC_ZERO, .closing = GENALLOC_ZERO }

extern void state_free (struct state *) ;

 /* Before it is made: the other image is to have this one, too. A close that does
    not return has freed its number, which may be that of a newer descriptor: that
    one is not to be closed. fd below 1: none. */
extern void state_own (struct state *, int fd) ;

 /* Of what there is now. Connections that are in the middle of something are
    left out; slots 0: there are none. upgrades: how many there will have been.
    0 and errno: ENOMEM. */
extern int state_make (struct state *, struct holder *, struct slots const *, uint32_t upgrades, tain const *now) ;

enum state_reader
{
  STATE_FOR_TRIAL,  /* looks at the digest */
  STATE_FOR_NEXT  /* so does who goes on, but not where the file is sealed, for clients wait: none is made then */
} ;

 /* Into a file without a name. It is close-on-exec; -1 and errno. */
extern int state_save (struct state *, enum state_reader) ;

enum state_verdict
{
  STATE_GOOD,
  STATE_BAD,  /* *why says in words what is wrong with it */
  STATE_UNREADABLE  /* errno says why: another try may succeed */
} ;

 /* To be called before anything else is opened. areours: the descriptors are here,
    and become close-on-exec. */
extern enum state_verdict state_load (struct state *, int fd, int areours, char const **why) ;

 /* All its descriptors become close-on-exec (FD_CLOEXEC), or not (0). 0 and
    errno: one is not open. */
extern int state_mark (struct state const *, int flag) ;

 /* The same as state_mark(st, 0), of one that was made just now: what fdtable_stay was
    called for is passed over. */
extern int state_mark_rest (struct state const *) ;

 /* The helpers, which stay in the old table, are told what only waits to be closed. */
extern void state_hand_over (struct state const *, struct closer *) ;

 /* The holder and the slots, which are empty, have all of it. 0, ENOMEM: part
    of it, and nothing was closed: the image must begin anew. */
extern int state_inherit (struct state const *, struct holder *, struct slots *, tain const *now) ;

 /* Afterwards: the processes that share the old descriptor table are sent away. */
extern void state_dismiss (struct state const *) ;

#endif
