/* ISC license. */

#ifndef S6ACTIVATION_WAITING_H
#define S6ACTIVATION_WAITING_H

 /* What the programs that wait for events share. */

#include <sys/types.h>

#include <skalibs/tai.h>

 /* Reads the clock into STAMP, or ends the process with 111; so many milliseconds from now, 0: for ever. */
extern void waiting_deadline (tain *, unsigned int milliseconds) ;

 /* Starts the program, found by PATH; it is not waited for. 0 and errno. */
extern pid_t waiting_spawn (char const *const *argv) ;

#endif
