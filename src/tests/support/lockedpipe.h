/* ISC license. */

/* Pipes whose close(2) does not return, for tests of who must not wait. */

#ifndef S6ACTIVATION_TESTS_LOCKEDPIPE_H
#define S6ACTIVATION_TESTS_LOCKEDPIPE_H

 /* So many open files of the reading end of one pipe. Whoever closes the last
    descriptor of one waits until lockedpipe_end: for the pipe's lock, which a
    process has that writes what is never there. 0: no page can be kept away
    here, or it is not Linux. */
extern int lockedpipe_begin (int *readers, unsigned int n) ;

 /* The same for what is written to by fd, which is consumed: a TCP socket, for example. */
extern int lockedpipe_hold (int fd) ;

 /* That process ends, and with it every wait. */
extern void lockedpipe_end (void) ;

#endif
