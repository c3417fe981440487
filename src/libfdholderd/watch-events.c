/* ISC license. */

 /* Those who are told of every change. What has changed is kept until the end
    of the turn: who makes a change has his answer before others hear of it, and
    who hears of many gets them in few writes. */

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/uint32.h>

#include "libdaemon/list.h"
#include "libfdholderd/channel.h"
#include "libfdholderd/watch.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire.h"

enum
{
  EVENTS_MAX = 65536,  /* bytes of one turn: more than that finds no room in a pipe */
  EVENTS_KEPT = 4096  /* memory for the next turn */
} ;

#define watcher_of(l) tree_owner(struct watch_watcher, link, l)

struct watch_watcher *watch_subscribe (struct watch *w, int channel, char const *glob, void *owner)
{
  size_t len = glob ? strlen(glob) : 0 ;
  struct watch_watcher *one ;
  if (glob && !watch_isglob(glob)) return (errno = EINVAL, (struct watch_watcher *)0) ;
  one = malloc(sizeof(struct watch_watcher) + len + 1) ;
  if (!one) return (errno = ENOMEM, (struct watch_watcher *)0) ;
  channel_begin(&one->channel, w->loop, channel) ;
  one->owner = owner ;
  one->from = w->events.len ;
  memcpy(one->glob, glob ? glob : "", len + 1) ;
  list_append(&w->watchers, &one->link) ;
  w->watching++ ;
  return one ;
}

void watch_unsubscribe (struct watch *w, struct watch_watcher *one)
{
  channel_end(&one->channel) ;
  list_remove(&one->link) ;
  w->watching-- ;
  free(one) ;
}

void watch_lose (struct watch_watcher *one)
{
  channel_lose(&one->channel) ;
}

void watch_note (struct watch *w, enum wire_event_kind kind, tain const *when, char const *id, size_t idlen)
{
  char *s ;
  size_t len ;
  if (w->isoverflow) return ;
  if (w->events.len > EVENTS_MAX - FRAME_NATIVE_HEADER - WIRE_EVENT_MAX || !stralloc_readyplus(&w->events, FRAME_NATIVE_HEADER + WIRE_EVENT_MAX))
  {
    w->isoverflow = 1 ;
    return ;
  }
  s = w->events.s + w->events.len ;
  len = wire_pack_event(s + FRAME_NATIVE_HEADER, kind, when, id, idlen) ;
  w->events.len += len + frame_pack_header(s, FRAME_NATIVE, len, 0) ;
}

static int is_wanted (struct watch_watcher const *one, char const *body, size_t len)
{
  struct wire_event event ;
  return !one->glob[0] || (wire_unpack_event(&event, body, len) && !fnmatch(one->glob, event.id.s, 0)) ;
}

 /* Whether it may still be told is asked when there is something to tell; who
    may not is gone then. */

static void tell_one (struct watch *w, struct watch_watcher *one, tain const *now)
{
  char batch[CHANNEL_PUT_MAX] ;
  size_t n = 0 ;
  size_t at = one->from ;
  int isasked = 0 ;
  while (at < w->events.len)
  {
    char const *message = w->events.s + at ;
    uint32_t len ;
    uint32_unpack_big(message, &len) ;
    at += FRAME_NATIVE_HEADER + len ;
    if (!is_wanted(one, message + FRAME_NATIVE_HEADER, len)) continue ;
    if (!isasked && !(*w->may)(one->owner, now)) return ;
    isasked = 1 ;
    if (n + FRAME_NATIVE_HEADER + len > sizeof(batch))
    {
      channel_put(&one->channel, batch, n) ;
      n = 0 ;
    }
    memcpy(batch + n, message, FRAME_NATIVE_HEADER + len) ;
    n += FRAME_NATIVE_HEADER + len ;
  }
  one->from = 0 ;
  if (n) channel_put(&one->channel, batch, n) ;
  if (w->isoverflow) channel_lose(&one->channel) ;
}

void watch_tell_events (struct watch *w, tain const *now)
{
  struct list old ;
  if (!watch_hasevents(w)) return ;
  list_hand_over(&w->watchers, &old) ;
  while (!list_isempty(&old))
  {
    struct watch_watcher *one = watcher_of(old.next) ;
    list_remove(&one->link) ;
    list_append(&w->watchers, &one->link) ;
    tell_one(w, one, now) ;
  }
  w->events.len = 0 ;
  w->isoverflow = 0 ;
  if (w->events.a > EVENTS_KEPT) stralloc_free(&w->events) ;
}
