/* ISC license. */

#ifndef S6ACTIVATION_SIGNALS_H
#define S6ACTIVATION_SIGNALS_H

 /*
    Signals as something to read, so that the loop waits for them as for
    all else: signalfd(2) on Linux, elsewhere a pipe that the handler
    writes to. They are blocked in this process from then on: who spawns
    gives the child its mask back (spawner). SIGPIPE and SIGXFSZ do nothing,
    by a handler, so that what is executed has them at their default.
 */

#include <sys/types.h>

 /* pid: whose end a SIGCHLD tells, others may have ended with it; 0 where it is not known. */
typedef void signals_func (void *, int sig, pid_t pid) ;

 /* A descriptor, non-blocking and close-on-exec, that is readable when one
    of these n signals has come; -1 and errno. Once in a process. */
extern int signals_init (int const *, unsigned int n) ;

 /* Calls f for each signal that has come since: once for several of a kind.
    0 and errno: they cannot be read. */
extern int signals_take (int fd, signals_func *, void *) ;

 /* Around vfork(2): what is read here is not the child's to take. signals_release is
    for the child, before it executes: it blocks nothing then, and what was ignored
    before signals_init is, but for SIGPIPE and SIGXFSZ. */
extern void signals_hold (void) ;
extern void signals_unhold (void) ;
extern void signals_release (void) ;

 /* Before this process itself executes another program: the same, but a signal of these
    that comes meanwhile is lost, and does not end it. */
extern void signals_leave (int const *, unsigned int n) ;

#endif
