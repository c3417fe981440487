/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/procfd.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/kept-internal.h"

static void on_ready (void *data, unsigned int events, tain const *now)
{
  struct kept *k = data ;
  if (events & ~LOOP_WRITE) k->isreadable = 1 ;
  if (events & LOOP_WRITE) kept_go_on(k, now) ;
}

void kept_init (struct kept *k, struct store *store, struct complaints *complaints, struct loop *loop, int listening, kept_order_func *order, void *data)
{
  static struct kept const zero = { .fd = -1, .keeper = -1, .state = KEPT_OFF, .warn = TAIN_INFINITE } ;
  *k = zero ;
  k->fdtable = store->fdtable ;
  k->store = store ;
  k->complaints = complaints ;
  k->loop = loop ;
  k->listening = listening ;
  k->order = order ;
  k->data = data ;
  loop_watch_init(&k->watch, &on_ready, k) ;
  kept_init_telling(k) ;
}

static int use (struct kept *k, int fd)
{
  if (!loop_watch_start(k->loop, &k->watch, fd, LOOP_READ)) return 0 ;
  k->fd = fd ;
  k->state = KEPT_OPEN ;
  k->warn = tain_infinite ;
  return 1 ;
}

int kept_begin (struct kept *k, int fd, tain const *now)
{
  if (!fd)
  {
    kept_alone(k, now) ;
    return 1 ;
  }
  if (!fdtable_makeroom(k->fdtable, fd) || !use(k, fd)) return 0 ;
  k->keeper = procfd_peer(fd, &k->pid) ;
  fdtable_adopt(k->fdtable, fd) ;  /* it has room */
  return 1 ;
}

void kept_ready (struct kept *k, tain const *now)
{
  struct kept_operation const ready = { .kind = WIRE_KEEP_NOTHING } ;
  kept_tell(k, &ready, now) ;
}

static int option (int fd, int name)
{
  int value ;
  socklen_t len = sizeof(value) ;
  return getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1 ? -1 : value ;
}

 /* Of another domain no more is asked: their locks may be held for long. */

static int is_channel (int fd)
{
  struct sockaddr_storage peer ;
  socklen_t len = sizeof(peer) ;
  return option(fd, SO_DOMAIN) == AF_UNIX && option(fd, SO_TYPE) == SOCK_STREAM && getpeername(fd, (struct sockaddr *)&peer, &len) == 0 ;
}

int kept_adopt (struct kept *k, int fd, tain const *now)
{
  pid_t pid ;
  int keeper ;
  if (kept_isopen(k) && k->keeper >= 0 && procfd_hasended(k->keeper)) kept_leave(k, "has gone", now) ;
  if (kept_isopen(k)) return (errno = EBUSY, 0) ;
  if (!is_channel(fd)) return (errno = EINVAL, 0) ;
  keeper = procfd_peer(fd, &pid) ;
  if (keeper < 0) return 0 ;  /* who could not be killed is not to keep */
  if (!use(k, fd)) return (fd_close(keeper), 0) ;
  k->keeper = keeper ;
  k->pid = pid ;
  fdtable_addref(k->fdtable, fd) ;
  k->issnapshot = 1 ;
  return 1 ;
}

 /* One that lives is not left for what it says: it would put what it has in our place. */

static void obey (struct kept *k, char order, tain const *now)
{
  if (memchr("THU", order, 3)) (*k->order)(k->data, order) ;
  else complaint_line(k->complaints, LOG_WARNING, "no order", 0, now, "the keeper sent what is no order: ignored") ;
}

 /* The peer may be gone, and have left orders: they count all the same. */

static void hear (struct kept *k, tain const *now)
{
  char orders[16] ;
  ssize_t r ;
  k->isreadable = 0 ;
  do
  {
    r = recv(k->fd, orders, sizeof(orders), MSG_DONTWAIT) ;
    for (ssize_t i = 0 ; i < r ; i++) obey(k, orders[i], now) ;
  }
  while (r > 0 || (r == -1 && errno == EINTR)) ;
  if (!r || (errno != EAGAIN && errno != EWOULDBLOCK)) kept_leave(k, "has gone", now) ;
}

int kept_turn (struct kept *k, tain const *now)
{
  int wasfreed ;
  if (k->isreadable && kept_isopen(k)) hear(k, now) ;
  if (k->issnapshot && !k->isunderway) kept_tell_all(k, now) ;
  if (!tain_less(now, &k->warn)) kept_alone(k, now) ;
  wasfreed = k->isfree && !kept_isbusy(k) ;
  k->isfree = 0 ;
  return wasfreed ;
}

void kept_next (struct kept const *k, tain const *now, tain *when)
{
  clock_lower(when, &k->warn) ;
  if (k->isreadable || k->isfree || (k->issnapshot && !k->isunderway)) clock_lower(when, now) ;
}
