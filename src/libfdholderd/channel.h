/* ISC license. */

#ifndef S6ACTIVATION_CHANNEL_H
#define S6ACTIVATION_CHANNEL_H

 /*
    The event pipe of one connection. Messages go in whole, or not at all, so
    that the pipe is all the queue there is, and nothing is kept for who does
    not read. What finds no room is lost; as soon as there is room, the pipe
    says so, once. So is what cannot be written for any other reason, for
    which there is no event: then that is tried again after a while.
 */

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "libdaemon/backoff.h"
#include "libdaemon/loop.h"

enum { CHANNEL_PUT_MAX = PIPE_BUF } ;  /* up to so many bytes a pipe takes all, or none */

enum channel_state
{
  CHANNEL_OPEN,
  CHANNEL_LOST,  /* something, and the other end does not know: room or again waits to tell it */
  CHANNEL_GONE  /* nobody reads any longer */
} ;

struct channel
{
  struct loop *loop ;
  struct loop_watch room ;
  struct loop_timer again ;
  struct backoff pause ;  /* before that */
  int fd ;  /* its owner's, who closes it after channel_end */
  uint8_t state ;  /* enum channel_state */
} ;

extern void channel_begin (struct channel *, struct loop *, int fd) ;
extern void channel_end (struct channel *) ;

 /* Whole messages, CHANNEL_PUT_MAX bytes at most. */
extern void channel_put (struct channel *, char const *, size_t) ;

 /* Something was lost elsewhere. */
extern void channel_lose (struct channel *) ;
#define channel_isopen(c) ((c)->state == CHANNEL_OPEN)

#endif
