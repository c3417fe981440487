/* ISC license. */

 /* A connection and its states: the table is in peer.h. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <poll.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libfdholderd/closing.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdholderd/verbs.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

 /* What it brings is its account's. */

static int adopt (void *data, int fd)
{
  struct peer *p = data ;
  return fdtable_adopt_for(&p->holder->fdtable, fd, p->account) ;
}

static void addref (void *data, int fd)
{
  struct peer *p = data ;
  fdtable_addref(&p->holder->fdtable, fd) ;
}

static void unref (void *data, int fd)
{
  struct peer *p = data ;
  fdtable_unref(&p->holder->fdtable, fd) ;
}

struct peer *peer_new (struct holder *h, int fd, struct rights const *rights, pid_t pid, tain const *timeout, tain const *now)
{
  static struct frame_fdops const ops = { .adopt = &adopt, .addref = &addref, .unref = &unref } ;
  static struct peer const zero = { .channel = -1, .state = PEER_SNIFF, .isstranger = 1 } ;
  struct peer *p = malloc(sizeof(struct peer)) ;
  if (!p) return (errno = ENOMEM, (struct peer *)0) ;
  *p = zero ;
  p->holder = h ;
  p->fd = fd ;
  p->session.rights = *rights ;
  p->session.pid = pid ;
  frame_in_init(&p->in, &ops, p) ;
  frame_out_init(&p->out, &ops, p) ;
  p->timeout = timeout ;
  p->deadline = tain_infinite ;
  p->active = *now ;
  return p ;
}

void peer_free (struct peer *p, tain const *now)
{
  struct holder *h = p->holder ;
  verbs_session_close(h, &p->session) ;
  policy_forget(&h->policy, &p->session.rights) ;
  frame_in_free(&p->in) ;
  frame_out_free(&p->out) ;
  if (p->channel >= 0) fdtable_close(&h->fdtable, p->channel, p->account) ;
  if (!flight_bury(&h->flight, &p->flight, now))
  {
    if (p->iseof) fdtable_end_connection(&h->fdtable, p->fd) ;
    else fdtable_close_connection(&h->fdtable, p->fd) ;
  }
  free(p) ;
}

short peer_events (struct peer const *p)
{
  short events = peer_mayjudge(p) && closing_hasroom(p->holder, p->account, p->fd) ? POLLIN : 0 ;
  if (!p->backoff.isunderway && !frame_out_isempty(&p->out)) events |= POLLOUT ;
  return events ;
}

void peer_tick (struct peer *p, tain const *now)
{
  if (peer_isdead(p)) return ;
  if (p->backoff.isunderway && !backoff_iswaiting(&p->backoff, now))
  {
    if (p->state == PEER_GREET) peer_greet(p, now) ;
    peer_write(p, now) ;
  }
  else if (!tain_less(now, &p->deadline)) peer_kill(p, "timed out", now) ;
}

void peer_next (struct peer const *p, tain *when)
{
  clock_lower(when, &p->deadline) ;
  backoff_next(&p->backoff, when) ;
}

void peer_lameduck (struct peer *p, tain const *now)
{
  p->islameduck = 1 ;
  peer_account(p, 0, now) ;
}
