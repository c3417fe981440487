/* ISC license. */

#ifndef S6ACTIVATION_STATE_INTERNAL_H
#define S6ACTIVATION_STATE_INTERNAL_H

#include "libfdholderd/state.h"
#include "libfdwire/wire-state.h"

 /* What is called with each part, in order. 0: no interest. One that returns 0 ends it. */
struct state_visitor
{
  int (*helper) (void *, struct wire_state_helper const *) ;
  int (*entry) (void *, struct wire_state_entry const *) ;
  int (*connection) (void *, struct wire_state_connection const *) ;
  int (*closing) (void *, struct wire_state_closing const *) ;
} ;

enum state_walk
{
  STATE_WALK_MALFORMED,  /* the bytes end, or are none */
  STATE_WALK_ENDED,  /* by a function */
  STATE_WALK_DONE
} ;

 /* Helpers and entries, then connections and what is being closed. The bytes are
    behind what was read, if it is done. */
extern enum state_walk state_walk_held (struct state const *, struct wire_reader *, struct state_visitor const *, void *) ;
extern enum state_walk state_walk_rest (struct state const *, struct wire_reader *, struct state_visitor const *, void *) ;

 /* All of what is known to be good. Entries are many: they are passed over where
    nobody is interested in them. */
extern enum state_walk state_walk (struct state const *, struct state_visitor const *, void *) ;

 /* state-numbers.c, of descriptors. 0, ENOMEM. */
extern int state_sort_numbers (int *, size_t) ;

 /* In order, none twice: they become close-on-exec. some: any that is open. 0 and
    errno: EBADF one is not. */
extern int state_mark_numbers (int const *, size_t, int some) ;


 /* While a state is made. */

struct making
{
  struct state *st ;
  struct holder *h ;
  tain const *now ;
  genalloc fds ;  /* int: what is kept */
  struct wire_state_entry last ;  /* of those that are in it */
} ;

extern struct wire_id state_text (char const *) ;
extern int state_keep (struct making *, int fd) ;  /* -1: nothing */
extern char *state_room (struct making *, size_t) ;
extern int state_put_closing (struct making *) ;  /* state-make-closing.c, after all else */

#endif
