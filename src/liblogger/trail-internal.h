/* ISC license. */

#ifndef S6ACTIVATION_TRAIL_INTERNAL_H
#define S6ACTIVATION_TRAIL_INTERNAL_H

#include "liblogger/trail.h"

extern int trail_open_dir (struct trail *) ;  /* by its path, in the place of dir. 0 and errno: dir is as it was */

 /* Begins the file of that index of files. 0 and errno. */
extern int trail_enter (struct trail *, size_t index) ;
extern void trail_begin_file (struct trail *) ;  /* nothing of it was read */
extern int trail_next_file (struct trail *) ;  /* 1: there is one; 0: there is none; -1 and errno */
extern int trail_refuse (struct trail *, char const *what) ;  /* cannot be read: tells it. -1 and errno where that is the end */
extern void trail_tell_lost (struct trail *) ;

 /* The file that was read last is over, and another look has shown what comes after it: 1.
    0: there is nothing new; -1 and errno. */
extern int trail_advance (struct trail *) ;

 /* Room for more bytes in s. 0 and errno ENOMEM. */
extern int trail_make_room (struct trail *) ;

#endif
