/* ISC license. */

#ifndef S6ACTIVATION_KEEPER_INTERNAL_H
#define S6ACTIVATION_KEEPER_INTERNAL_H

 /* What the files of the keeper module share. */

#include <skalibs/tai.h>

#include "libfdholderd/keeper.h"

 /* keeper-read.c */

enum keeper_read
{
  KEEPER_READ_AGAIN,  /* that was all, for now */
  KEEPER_READ_MORE,  /* there may be more */
  KEEPER_READ_END,
  KEEPER_READ_CLOSING,  /* what it has closed has too many numbers still: to be tried again */
  KEEPER_READ_NOMEMORY,  /* nothing was lost: to be tried again */
  KEEPER_READ_BAD  /* a message cannot be taken; errno is 0: it is none */
} ;

extern void keeper_init_reading (struct keeper *) ;
extern enum keeper_read keeper_read (struct keeper *, tain const *now) ;
extern void keeper_drop_staged (struct keeper *) ;
extern int keeper_isbetween (struct keeper const *) ;  /* two batches */

enum { KEEPER_EXIT_FAILED = 111 } ;  /* as the programs' */

 /* keeper-start.c */

extern void keeper_set_due (struct keeper *, unsigned int ms, tain const *now) ;
extern void keeper_end (struct keeper *, int code) ;

 /* keeper-worker.c */

extern void keeper_hear (struct keeper *, tain const *now) ;  /* the channel may be read */
extern void keeper_lose (struct keeper *, tain const *now) ;
extern void keeper_bury (struct keeper *, tain const *now) ;
extern void keeper_due (struct keeper *, tain const *now) ;
extern void keeper_reap (struct keeper *) ;
extern void keeper_order (struct keeper *, char /* enum wire_keep_order */) ;

#endif
