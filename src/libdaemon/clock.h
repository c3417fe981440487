/* ISC license. */

#ifndef S6ACTIVATION_CLOCK_H
#define S6ACTIVATION_CLOCK_H

 /* A clock that nobody sets, for daemons that have no STAMP; milliseconds as a tain. */

#include <stdint.h>

#include <skalibs/tai.h>

extern int64_t clock_milliseconds (void) ;
extern void clock_now (tain *) ;  /* the same, to be compared with its own times only */

extern void clock_span (tain *, unsigned int milliseconds) ;
extern void clock_timeout (tain *, unsigned int milliseconds) ;  /* the same; 0: for ever, tain_infinite_relative */
extern uint64_t clock_elapsed (tain const *from, tain const *to) ;  /* milliseconds; 0 if the second is not later; UINT64_MAX if there are more than that */
extern void clock_after (tain *when, tain const *now, unsigned int milliseconds) ;  /* they may be the same */

 /* When something is due: the earlier of the two. What is asked for a deadline
    lowers one in this way, and never assigns it. */
extern void clock_lower (tain *when, tain const *) ;

 /* Waits so long, or until a signal comes: not by poll(2), which may be what fails. */
extern void clock_breathe (unsigned int milliseconds) ;

#endif
