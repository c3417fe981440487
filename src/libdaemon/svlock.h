/* ISC license. */

#ifndef S6ACTIVATION_SVLOCK_H
#define S6ACTIVATION_SVLOCK_H

 /* Locks by which one process knows that another one lives. They are locks of the
    open file, where there is such a thing: they last as long as any copy of the
    descriptor does, whatever other descriptors of the file are closed. Elsewhere of
    the process, which exec keeps. */

#include <sys/types.h>

 /* fd must be open for writing, or for reading if it is shared. 0 and errno: EAGAIN,
    EACCES another has it. svlock_wait: EINTR. */
extern int svlock_try (int fd, int isshared) ;
extern int svlock_wait (int fd, int isshared) ;

 /* A lock that only its owner is to have, where others who may read the file could have it, too:
    an old one becomes 0600, if that is a regular file without another name, and ours. */
extern void svlock_keep_to_owner (int fd) ;

 /* The same by its path, opened for writing, and made if need be. Where a link leads is not
    ours to change: services may share one lock. A descriptor, close-on-exec; -1 and errno. */
extern int svlock_open (char const *path) ;

 /* Opens the file, made if need be, with that mode, and takes its lock. A descriptor, close-on-exec;
    -1 and errno: EBUSY another has it. Shared locks, which anybody can have who may read
    the file, keep nobody out: then another file takes its place, by way of PATH.new, with
    the same mode. */
extern int svlock_take (char const *path, mode_t) ;

 /* Has somebody taken it? -1 and errno. */
extern int svlock_istaken (char const *path) ;

#endif
