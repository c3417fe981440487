/* ISC license. */

#ifndef S6ACTIVATION_OVERLAP_H
#define S6ACTIVATION_OVERLAP_H

 /*
    What an overlapped restart does when: pure. There is a current child, and at times the
    next one, which starts beside it. Whoever is told to end is neither, from then on.

    FIRST   the current one has just been started, and is not ready
    ALONE   there is the current one
    BOTH    the next one starts
    ENDING  all have been told to end
    OVER    this is the end
 */

enum overlap_state
{
  OVERLAP_NEVER,  /* such an event does not come in such a state */
  OVERLAP_FIRST,
  OVERLAP_ALONE,
  OVERLAP_BOTH,
  OVERLAP_ENDING,
  OVERLAP_OVER,
  OVERLAP_STATES
} ;

enum overlap_event
{
  OVERLAP_HUP,
  OVERLAP_READY,  /* the current one says so */
  OVERLAP_LATE,  /* it has not in its time, or cannot any more */
  OVERLAP_DEATH,
  OVERLAP_NEXT_READY,
  OVERLAP_NEXT_LATE,
  OVERLAP_NEXT_DEATH,  /* or it could not be started */
  OVERLAP_END,  /* a signal to end */
  OVERLAP_GONE,  /* no child is left */
  OVERLAP_EVENTS
} ;

enum overlap_effect
{
  OVERLAP_START = 1,  /* the next one */
  OVERLAP_IGNORE = 2,  /* warn that there is one already */
  OVERLAP_TELL = 4,  /* the supervisor, once */
  OVERLAP_SWAP = 8,  /* the next one is the current one; the old one is told to end */
  OVERLAP_DISCARD = 16,  /* the next one is told to end */
  OVERLAP_STAY = 32,  /* warn that the current one goes on, and why */
  OVERLAP_DOUBT = 64,  /* warn that the current one is not ready, and why */
  OVERLAP_PASS = 128,  /* the signal, to all */
  OVERLAP_FOLLOW = 256,  /* end as the current one has */
  OVERLAP_LEAVE = 512  /* end well */
} ;

struct overlap_step
{
  enum overlap_state state ;
  unsigned int effects ;
} ;

extern struct overlap_step overlap_step (enum overlap_state, enum overlap_event) ;

#endif
