/* ISC license. */

/* What a daemon does to be heard, by plain sendmsg(2): sd_notify(3) without its library. */

#ifndef S6ACTIVATION_TESTS_NOTIFYING_H
#define S6ACTIVATION_TESTS_NOTIFYING_H

#include <stddef.h>

enum { NOTIFYING_FDS_MAX = 300 } ;

 /* Sends that with n descriptors to $NOTIFY_SOCKET. 1, or 0 and errno. */
extern int notifying_send (char const *, size_t, int const *, unsigned int n) ;

 /* Sends a barrier, and waits for so many milliseconds. 1: all is done; 0: not, or not sent. */
extern int notifying_barrier (int milliseconds) ;

 /* What came by $LISTEN_FDS: how many descriptors from 3 on; -1: the variables are not right. */
extern int notifying_given (void) ;

#endif
