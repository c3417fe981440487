/* ISC license. */

#ifndef S6ACTIVATION_SVCONTROL_H
#define S6ACTIVATION_SVCONTROL_H

 /* The fifo by which a supervisor is told what to do, a letter each: supervise/control
    of a service directory, .s6-svscan/control of a scan directory. */

#include <stddef.h>

 /* Makes it, 0600, if it is not there, and opens it at both ends, so that who opens it
    for writing knows whether somebody is there. Non-blocking, close-on-exec. -1 and
    errno: EINVAL it is no fifo. */
extern int svcontrol_open (char const *path) ;

 /* 0 and errno: ENXIO nobody reads it, EINVAL it is no fifo, EAGAIN it is full.
    SIGPIPE must be ignored. */
extern int svcontrol_send (char const *path, char const *letters, size_t) ;

#endif
