/* ISC license. */

#ifndef S6ACTIVATION_CLOSER_INTERNAL_H
#define S6ACTIVATION_CLOSER_INTERNAL_H

#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <sys/types.h>

#include "libdaemon/closer.h"

 /* Nobody else sends this one, and where somebody does, it is looked who did. */
enum { CLOSER_SIGNAL = SIGUSR2 } ;

 /* A process that shares our descriptors: it closes what it is asked to while
    it is the active one, or, as number 0, waits for the end. Returns its pid;
    0 and errno. */
extern pid_t closer_helper_start (struct closer const *, unsigned int number) ;

 /* A process with a table of its own: it closes what that descriptor brings. It is
    there when isapart says so. Returns its pid; 0 and errno. */
extern pid_t closer_burier_start (struct closer_shared *, int fd) ;

 /* In such a process: a table of its own, of what is below that number. */
extern int closer_canleave_table (void) ;  /* 0, ENOSYS */
extern int closer_leave_table (unsigned int) ;  /* 0 and errno */

extern int closer_begin_sharing (struct closer *) ;  /* makes the page; 0 and errno */
extern int closer_make_one (struct closer *, uint32_t number) ;  /* where there is none */
extern int closer_disarm (int fd) ;  /* so that close(2) does not linger; 0: it is no socket */
extern void closer_hang_up (struct closer const *, size_t n) ;  /* on our clients below that number; others may have the rest, too */
extern void closer_close_all (struct closer const *, unsigned int number, int isdead) ;  /* in a helper, at the end */
extern uint32_t closer_microseconds_since (struct timespec const *) ;

 /* The ring of requests. */

extern int closer_put (struct closer_shared *, struct closer_request const *, unsigned int) ;  /* all or none: 0 */
extern int closer_take (struct closer_shared *, struct closer_request *) ;  /* 0: there is none */
extern void closer_rouse (struct closer_shared *) ;  /* after closer_put */
extern void closer_sleep (struct closer_shared *) ;  /* until there may be one */
extern void closer_nap (struct closer_shared *) ;  /* for a moment, or until closer_hasten */
extern void closer_hasten (struct closer_shared *) ;

 /* The queues. */

extern int closer_queue (struct closer *, int fd, struct closer_lane *, void *owner) ;  /* 0: no memory */
extern void closer_give (struct closer *) ;  /* what may be given now */
extern void closer_recall (struct closer *) ;  /* what the helpers have not taken */
extern void closer_hear (struct closer *) ;
extern void closer_mark_stuck (struct closer *, uint32_t ticket) ;

#endif
