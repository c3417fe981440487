/* ISC license. */

#ifndef S6ACTIVATION_SHARING_H
#define S6ACTIVATION_SHARING_H

#include <sys/types.h>

 /* A process that shares our descriptors, and has a copy of our memory and all
    signals blocked, does that function, and ends with what it returns. Returns
    its pid; 0 and errno, ENOSYS where there is no such thing. */
extern pid_t sharing_clone (int (*) (void *)) ;

#endif
