/* ISC license. */

#ifndef S6ACTIVATION_NOTIFYD_INTERNAL_H
#define S6ACTIVATION_NOTIFYD_INTERNAL_H

 /* What the files of the notifyd module share. */

#include <sys/types.h>

#include "libnotifyd/notifyd.h"

 /* notifyd-entries.c */

extern void notifyd_queue (struct notifyd *, struct stored_entry *) ;  /* at its end, if it is not there */
extern void notifyd_remove (struct notifyd *, struct stored_entry *) ;  /* closes it, and has the holder forget it */
extern void notifyd_forget (struct notifyd *, struct stored_entry *) ;  /* is all that there is to do */
extern void notifyd_watch (struct notifyd *, struct stored_entry *) ;  /* it goes when it hangs up, if it is to */

 /* notifyd-holder.c */

extern void notifyd_connected (struct notifyd *) ;  /* holder is a new connection */
extern void notifyd_step (struct notifyd *) ;  /* tells the holder one thing, if there is one and it is time */
extern void notifyd_next (struct notifyd const *, tain *when) ;  /* lowers it to when there is something to tell */
extern void notifyd_leave (struct notifyd *) ;  /* the connection */

 /* notifyd-haste.c */

extern void notifyd_haste_init (void) ;  /* takes SIGALRM: not before the program is executed, which is to have it as it was */
extern void notifyd_haste_begin (struct notifyd *) ;  /* from now on due is over when signals wait, or messages */
extern void notifyd_haste_reset (struct notifyd *) ;
extern int notifyd_haste_end (struct notifyd *, int isdone) ;  /* was it over for these, and so not done? */

 /* notifyd-messages.c */

enum { NOTIFYD_ALL = 1024, NOTIFYD_SOME = 32 } ;

extern void notifyd_read (struct notifyd *, unsigned int most) ;  /* so many messages */
extern void notifyd_tell_ready (struct notifyd *) ;
extern void notifyd_end_barriers (struct notifyd *) ;  /* those that nothing is queued before */

 /* notifyd-program.c */

extern pid_t notifyd_launch (struct notifyd *, char const *const *argv, char const **what) ;  /* as launch() */

#endif
