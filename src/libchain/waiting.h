/* ISC license. */

#ifndef S6ACTIVATION_WAITING_H
#define S6ACTIVATION_WAITING_H

 /* What the programs that wait for events share. */

#include <sys/types.h>
#include <sys/resource.h>

#include <skalibs/tai.h>

 /* Reads the clock into STAMP, or ends the process with 111; so many milliseconds from now, 0: for ever. */
extern void waiting_deadline (tain *, unsigned int milliseconds) ;

 /* Starts the program, found by PATH; it is not waited for. 0 and errno. */
extern pid_t waiting_spawn (char const *const *argv) ;

 /* The soft limit on open files is raised by so many, or as far as it may be. What it
    was is for the program that is started: the other one spawns with that. */
extern void waiting_room (struct rlimit *was, unsigned int more) ;
extern pid_t waiting_spawn_limited (char const *const *argv, struct rlimit const *was) ;

#endif
