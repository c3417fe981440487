/* ISC license. */

#ifndef S6ACTIVATION_READINESS_H
#define S6ACTIVATION_READINESS_H

 /* Telling on stdout that a server is ready: option -1. */

 /* Ends the program with 100 if stdout is closed: whoever waits for us would never hear it. */
extern void readiness_require (void) ;

 /*
   Writes text to stdout, if there is any, and gives stdout up: who reads
   it sees its end, and /dev/null keeps the number taken. SIGPIPE must be
   ignored. Ends the program with 111 where that cannot be done.
 */
extern void readiness_tell (char const *text) ;

#endif
