/* ISC license. */

#ifndef S6ACTIVATION_PAIRPIPE_H
#define S6ACTIVATION_PAIRPIPE_H

 /*
    The pipe between a service and its logger: a fifo in .s6-svscan, called after the
    service directory's device and inode. So it outlives who made it: an s6-svscan that
    is killed leaves both ends to the supervisors, and the next one, which finds the name,
    gives the supervisors that it starts the same pipe, with what is in it.

    The name goes when the pair is told to end: a service that comes back does not write
    to the logger that is to see the end. At the end of s6-svscan it stays where one of the
    pair lives on. Where no name can be made it is a plain pipe.
 */

#include <sys/types.h>

 /* Both are close-on-exec, and wait as pipes do. 0 and errno: a shortage of descriptors,
    of memory. */
extern int pairpipe_open (int fd[2], dev_t, ino_t) ;

 /* Who has it open goes on. */
extern void pairpipe_forget (dev_t, ino_t) ;

 /* Of names that were left by others: those that nobody has open. */
extern void pairpipe_clean (void) ;

#endif
