/* ISC license. */

#ifndef S6ACTIVATION_KEPT_INTERNAL_H
#define S6ACTIVATION_KEPT_INTERNAL_H

 /* What the files of the kept module share. */

#include <skalibs/tai.h>

#include "libfdholderd/kept.h"

 /* kept-end.c: what is under way is told, or cannot be; the channel is closed; the
    keeper has gone, or is sent away. why: the end of a sentence. */

extern void kept_alone (struct kept *, tain const *now) ;
extern void kept_finish (struct kept *, tain const *now) ;
extern void kept_close (struct kept *) ;
extern void kept_leave (struct kept *, char const *why, tain const *now) ;
extern int kept_fence (struct kept *, tain const *now) ;  /* 0: it cannot be sent away, and is to be asked again */

 /* kept-tell.c */

extern void kept_init_telling (struct kept *) ;
extern void kept_go_on (struct kept *, tain const *now) ;  /* there may be room */
extern void kept_tell_all (struct kept *, tain const *now) ;

#endif
