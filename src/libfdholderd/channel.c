/* ISC license. */

#include <errno.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/backoff.h"
#include "libdaemon/loop.h"
#include "libfdholderd/channel.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire.h"

enum outcome
{
  OUTCOME_DONE,  /* or nobody reads any longer */
  OUTCOME_FULL,
  OUTCOME_FAILED  /* for want of something else, memory for example: room says nothing of that */
} ;

static enum outcome put (struct channel *c, char const *s, size_t len)
{
  ssize_t r ;
  do r = write(c->fd, s, len) ;
  while (r == -1 && errno == EINTR) ;
  if (r >= 0) return OUTCOME_DONE ;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return OUTCOME_FULL ;
  if (errno != EPIPE) return OUTCOME_FAILED ;
  c->state = CHANNEL_GONE ;
  return OUTCOME_DONE ;
}

static enum outcome tell_lost (struct channel *c)
{
  char s[FRAME_NATIVE_HEADER + WIRE_EVENT_MAX] ;
  tain now ;
  size_t len ;
  if (!tain_wallclock_read(&now)) now = tain_zero ;
  len = wire_pack_event(s + FRAME_NATIVE_HEADER, WIRE_EVENT_LOST, &now, 0, 0) ;
  len += frame_pack_header(s, FRAME_NATIVE, len, 0) ;
  return put(c, s, len) ;
}

static void stop_waiting (struct channel *c)
{
  loop_watch_stop(c->loop, &c->room) ;
  loop_timer_clear(c->loop, &c->again) ;
}

static void wait_a_while (struct channel *c)
{
  tain when = tain_infinite ;
  loop_watch_stop(c->loop, &c->room) ;
  backoff_begin(&c->pause, &STAMP) ;
  backoff_next(&c->pause, &when) ;
  loop_timer_set(c->loop, &c->again, &when) ;
}

 /* The loop may lack memory for it. */

static void wait_for_room (struct channel *c)
{
  loop_timer_clear(c->loop, &c->again) ;
  if (!loop_watch_isstarted(&c->room) && !loop_watch_start(c->loop, &c->room, c->fd, LOOP_WRITE)) wait_a_while(c) ;
}

 /* What was lost is told as soon as that can be. */

static void try_again (struct channel *c)
{
  switch (tell_lost(c))
  {
    case OUTCOME_FULL : wait_for_room(c) ; return ;
    case OUTCOME_FAILED : wait_a_while(c) ; return ;
    default : break ;
  }
  stop_waiting(c) ;
  backoff_reset(&c->pause) ;
  if (c->state == CHANNEL_LOST) c->state = CHANNEL_OPEN ;
}

static void on_room (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  (void)now ;
  try_again(data) ;
}

static void on_pause_end (void *data, tain const *now)
{
  (void)now ;
  try_again(data) ;
}

void channel_begin (struct channel *c, struct loop *loop, int fd)
{
  static struct backoff const none = { .milliseconds = 0 } ;
  c->loop = loop ;
  c->fd = fd ;
  c->pause = none ;
  c->state = CHANNEL_OPEN ;
  loop_watch_init(&c->room, &on_room, c) ;
  loop_timer_init(&c->again, &on_pause_end, c) ;
}

void channel_end (struct channel *c)
{
  stop_waiting(c) ;
}

void channel_lose (struct channel *c)
{
  if (c->state != CHANNEL_OPEN) return ;
  c->state = CHANNEL_LOST ;
  wait_for_room(c) ;
}

void channel_put (struct channel *c, char const *s, size_t len)
{
  enum outcome outcome ;
  if (c->state != CHANNEL_OPEN) return ;
  outcome = put(c, s, len) ;
  if (outcome == OUTCOME_DONE) return ;
  c->state = CHANNEL_LOST ;
  if (outcome == OUTCOME_FULL) wait_for_room(c) ;
  else wait_a_while(c) ;
}
