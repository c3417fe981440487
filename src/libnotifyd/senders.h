/* ISC license. */

#ifndef S6ACTIVATION_SENDERS_H
#define S6ACTIVATION_SENDERS_H

 /* Who may say something: the program, and those that it, or they, have started. Who has
    lost his parent has this process as one, which adopts (PR_SET_CHILD_SUBREAPER). */

#include <sys/types.h>

 /* 0 and errno: ENOSYS where there is no such thing. */
extern int senders_adopt (void) ;

 /* By /proc. A process that is gone, but for program itself, is nobody's. */
extern int senders_isours (pid_t, pid_t program) ;

#endif
