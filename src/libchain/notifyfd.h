/* ISC license. */

#ifndef S6ACTIVATION_NOTIFYFD_H
#define S6ACTIVATION_NOTIFYFD_H

 /* The descriptor on which a supervisor is told of readiness: option -d. */

 /* Its number. Ends the program with 100 for what is no number of 3 or more, not open, only
    to be read from, or a socket with nobody at its other end: one that listens, say. */
extern int notifyfd_scan (char const *) ;

 /* Writes a newline, and closes it; a failure is a warning, SIGPIPE is none. -1: nothing. */
extern void notifyfd_tell (int) ;

#endif
