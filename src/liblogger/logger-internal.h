/* ISC license. */

#ifndef S6ACTIVATION_LOGGER_INTERNAL_H
#define S6ACTIVATION_LOGGER_INTERNAL_H

#include "liblogger/logger.h"

 /* Does a write into a pipe that has something in it already wake who waits for edges? It
    has not always been so. */
extern int logger_hasedges (void) ;

 /* All that the script names. 0 and errno; what: could not be opened. */
extern int logger_open (struct logger *, char const **what) ;

 /* Reads both clocks. */
extern void logger_clock (struct logger *) ;

 /* Gives the lines that the source shows to the actions, as many as there is room for;
    sets taken. The rest is a line too, if islast is set. How many lines; -1 and errno. */
extern int logger_distribute (struct logger *, int islast, unsigned int most) ;

 /* 1: all actions have taken what they were given. */
extern int logger_flush (struct logger *) ;

 /* 1: all logdirs are closed. Those that have not taken what they were given are not. */
extern int logger_close (struct logger *) ;

extern void logger_leave_processors (struct logger *) ;  /* they are waited for no more */

 /* Of all logdirs. */
extern void logger_turn (struct logger *) ;
extern void logger_next (struct logger const *, tain *when) ;  /* lowers it */
extern void logger_rotate (struct logger *) ;

extern void logger_report (struct logger *) ;  /* a line for each logdir */

#endif
