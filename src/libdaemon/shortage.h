/* ISC license. */

#ifndef S6ACTIVATION_SHORTAGE_H
#define S6ACTIVATION_SHORTAGE_H

 /* Whether such an errno says that the system cannot just now, and may soon: nothing is
    known, then, of what was asked for. */
extern int is_shortage (int) ;

#endif
