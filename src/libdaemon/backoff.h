/* ISC license. */

#ifndef S6ACTIVATION_BACKOFF_H
#define S6ACTIVATION_BACKOFF_H

 /* What failed for want of something is tried again: after 10 ms, then after
    twice as long each time, up to a second. All zero: nothing has failed. */

#include <stdint.h>

#include <skalibs/tai.h>

struct backoff
{
  tain until ;
  uint16_t milliseconds ;  /* of the last pause; 0: the last try succeeded */
  uint8_t isunderway ;
} ;

extern void backoff_begin (struct backoff *, tain const *now) ;  /* it has failed, once more */
extern void backoff_reset (struct backoff *) ;  /* it has succeeded */

 /* Is the pause under way? Once it is not, it may be tried, and the next pause is longer still. */
extern int backoff_iswaiting (struct backoff *, tain const *now) ;
extern void backoff_next (struct backoff const *, tain *when) ;  /* lowers when to its end */

#endif
