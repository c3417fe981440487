/* ISC license. */

#ifndef S6ACTIVATION_CLOCK_H
#define S6ACTIVATION_CLOCK_H

 /* A clock that nobody sets, for daemons that have no STAMP. */

#include <stdint.h>

#include <skalibs/tai.h>

extern int64_t clock_milliseconds (void) ;
extern void clock_now (tain *) ;  /* the same, to be compared with its own times only */

#endif
