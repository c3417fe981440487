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

 /* 1: all actions have taken what they were given, but for those that may drop it. */
extern int logger_flush (struct logger *) ;

 /* The bytes of the batch, as whole lines, that all actions have taken: those that may drop
    lines have all. */
extern size_t logger_done (struct logger *) ;

 /* Closes all logdirs, and has what is told at the end written first; OVER when it is done.
    Call it again until then. */
extern void logger_close_all (struct logger *) ;
extern void logger_give_up (struct logger *) ;  /* OVER, whether it is done or not */

 /* Does an action go without a line, by directive o or i? Then that is counted. */
extern int logger_isspared (struct logger_action const *) ;
extern void logger_count_spared (struct logger_action *) ;
extern void logger_count (struct logger const *, struct logger_action *) ;  /* a line that it has */

 /* There is no room for a line. 1: so it goes without. 0: the line is to wait. */
extern int logger_maydrop (struct logger_action *) ;

 /* How many lines an action had to go without goes where they would have stood. 1: there is
    something to flush. */
extern int logger_tell_dropped (struct logger *, struct logger_action *) ;
extern void logger_tell_suppressed (struct logger *, int isend) ;  /* of windows that are over; at the end of all */
extern void logger_next_window (struct logger const *, tain *when) ;  /* lowers it */

extern void logger_tell_rest (struct logger *) ;  /* on stderr: what could not be told there */

 /* Of all logdirs. */
extern void logger_turn (struct logger *) ;
extern void logger_next (struct logger const *, tain *when) ;  /* lowers it */
extern void logger_rotate (struct logger *) ;

extern void logger_report (struct logger *) ;  /* a line for each logdir */

#endif
