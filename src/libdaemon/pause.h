/* ISC license. */

#ifndef S6ACTIVATION_PAUSE_H
#define S6ACTIVATION_PAUSE_H

 /* Pauses before what has failed is tried again: 1 s, and twice as long each time, up
    to a longest one. In seconds; 0: nothing has failed. */

#include <stdint.h>

#include <skalibs/tai.h>

enum { PAUSE_LONGEST_SHORTAGE = 10, PAUSE_LONGEST_BUSY = 60 } ;

extern void pause_lengthen (uint16_t *, unsigned int longest) ;
extern void pause_end (uint16_t, tain const *now, tain *when) ;

#endif
