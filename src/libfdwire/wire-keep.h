/* ISC license. */

#ifndef S6ACTIVATION_WIRE_KEEP_H
#define S6ACTIVATION_WIRE_KEEP_H

 /*
    What passes between a worker, which is the holder, and its keeper, which
    has copies (keeper.h): messages that tell of changes one way, in frames of
    the native dialect, and orders of one byte the other way.

    One operation is one batch: messages with islast 0 wait for the one that
    has it, and all are applied together then.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdwire/wire.h"

enum wire_keep_kind
{
  WIRE_KEEP_HOLD = 'S',  /* with one descriptor: it is held under that id, whatever was before */
  WIRE_KEEP_DROP = 'D',  /* nothing is held under that id any longer */
  WIRE_KEEP_NOTHING = 'N'  /* ends a batch that is empty */
} ;

enum wire_keep_order
{
  WIRE_ORDER_TERMINATE = 'T',  /* as SIGTERM */
  WIRE_ORDER_RELOAD = 'H',  /* as SIGHUP */
  WIRE_ORDER_UPGRADE = 'U'  /* as SIGUSR1 */
} ;

enum { WIRE_KEEP_MAX = 2 + 2 * TAIN_PACK + 2 * 4 + WIRE_ID_PACK_MAX } ;

struct wire_keep
{
  char kind ;
  uint8_t islast ;
  tain limit ;  /* WIRE_KEEP_HOLD: as a store request has it */
  tain stored ;  /* WIRE_KEEP_HOLD: when, by the wall clock, */
  uid_t uid ;  /* and by whom */
  pid_t pid ;
  struct wire_id id ;  /* s is 0 for WIRE_KEEP_NOTHING */
} ;

 /* Returns the length. The id must have passed wire_id_check. */
extern size_t wire_keep_pack (char *, struct wire_keep const *) ;

 /* 0: that is no such message. */
extern int wire_keep_unpack (struct wire_keep *, char const *, size_t) ;

#define wire_keep_nfds(k) ((k)->kind == WIRE_KEEP_HOLD)

#endif
