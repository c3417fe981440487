/* ISC license. */

#ifndef S6ACTIVATION_TESTS_CHILD_H
#define S6ACTIVATION_TESTS_CHILD_H

 /* Runs the function in a child, waits for it, and returns its exit code as
    wait_estatus() has it: what the function returns, or 128 and a signal. Bails out. */
extern int child_run (int (*) (void *), void *) ;

#endif
