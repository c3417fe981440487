/* ISC license. */

#include <errno.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "libfdholderd/channel.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire.h"

 /* 0: there is no room. */

static int put (struct channel *c, char const *s, size_t len)
{
  ssize_t r ;
  do r = write(c->fd, s, len) ;
  while (r == -1 && errno == EINTR) ;
  if (r >= 0) return 1 ;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return 0 ;
  c->state = CHANNEL_GONE ;
  return 1 ;
}

static void tell_lost (struct channel *c)
{
  char s[FRAME_NATIVE_HEADER + WIRE_EVENT_MAX] ;
  tain now ;
  size_t len ;
  if (!tain_wallclock_read(&now)) now = tain_zero ;
  len = wire_pack_event(s + FRAME_NATIVE_HEADER, WIRE_EVENT_LOST, &now, 0, 0) ;
  len += frame_pack_header(s, FRAME_NATIVE, len, 0) ;
  if (put(c, s, len) && c->state == CHANNEL_LOST) c->state = CHANNEL_OPEN ;
}

static void on_room (void *data, unsigned int events, tain const *now)
{
  struct channel *c = data ;
  (void)events ;
  (void)now ;
  tell_lost(c) ;
  if (c->state != CHANNEL_LOST) loop_watch_stop(c->loop, &c->room) ;
}

void channel_begin (struct channel *c, struct loop *loop, int fd)
{
  c->loop = loop ;
  c->fd = fd ;
  c->state = CHANNEL_OPEN ;
  loop_watch_init(&c->room, &on_room, c) ;
}

void channel_end (struct channel *c)
{
  loop_watch_stop(c->loop, &c->room) ;
}

 /* If the loop cannot wait for room, the next message tries again. */

void channel_lose (struct channel *c)
{
  if (c->state == CHANNEL_OPEN) c->state = CHANNEL_LOST ;
  if (c->state == CHANNEL_LOST && !loop_watch_isstarted(&c->room)) loop_watch_start(c->loop, &c->room, c->fd, LOOP_WRITE) ;
}

void channel_put (struct channel *c, char const *s, size_t len)
{
  if (c->state == CHANNEL_LOST && !loop_watch_isstarted(&c->room)) tell_lost(c) ;
  if (c->state == CHANNEL_LOST || (c->state == CHANNEL_OPEN && !put(c, s, len))) channel_lose(c) ;
}
