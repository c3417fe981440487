/* ISC license. */

/* Two ends of a socket pair, in nonblocking mode: a frame_out that writes to
   one, a frame_in that reads the other, and a count of the references that
   the latter has. One at a time. */

#ifndef S6ACTIVATION_TESTS_FRAMEPAIR_H
#define S6ACTIVATION_TESTS_FRAMEPAIR_H

#include <stddef.h>

#include "libfdwire/frame.h"

extern int framepair[2] ;  /* what is written to, what is read */
extern long framepair_references ;

extern void framepair_begin (struct frame_in *, struct frame_out *, enum frame_dialect) ;
extern void framepair_end (struct frame_in *, struct frame_out *) ;  /* one point: no reference is left */
extern void framepair_drop (int fd) ;  /* that reference */

 /* The buffer goes back, and somebody else writes to it. */
extern int framepair_settle (struct frame_in *, char *buffer) ;

 /* Receives with a buffer that was lent for that. */
extern enum frame_fill framepair_fill (struct frame_in *, size_t max) ;

 /* Two points: it owns no memory. */
extern void framepair_owns_nothing (struct frame_in const *, char const *name) ;

#endif
