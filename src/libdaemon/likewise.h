/* ISC license. */

#ifndef S6ACTIVATION_LIKEWISE_H
#define S6ACTIVATION_LIKEWISE_H

 /* Ends this process as another one has ended, by that status of waitpid(2): with the same
    code, or by the same signal; and with 128 more than that if it does not kill us, as of
    process 1. What dies of a signal leaves no second core. */

extern void likewise_end (int status) __attribute__((noreturn)) ;

#endif
