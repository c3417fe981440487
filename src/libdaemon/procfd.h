/* ISC license. */

#ifndef S6ACTIVATION_PROCFD_H
#define S6ACTIVATION_PROCFD_H

 /* Processes by descriptor (pidfd_open(2)): one that has ended is never taken
    for another one that has its number. Such a descriptor is readable when the
    process has ended. They are close-on-exec. */

#include <sys/types.h>

 /* -1 and errno: ENOSYS where there is no such thing, ESRCH. */
extern int procfd_open (pid_t) ;

 /* Of the process that made a Unix socket, or the pair of it, at the other end.
    pid: its number here, 0 if it is in no namespace of ours. */
extern int procfd_peer (int socket, pid_t *pid) ;

 /* Has it ended? */
extern int procfd_hasended (int fd) ;

 /* 0 and errno. */
extern int procfd_kill (int fd, int sig) ;

#endif
