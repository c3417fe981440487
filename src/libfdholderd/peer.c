/* ISC license. */

 /* A connection and its states: the table is in peer.h. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <poll.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libfdholderd/closing.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdholderd/verbs.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

enum peer_numbers
{
  PEER_BACKOFF_MIN = 10,  /* milliseconds */
  PEER_BACKOFF_MAX = 1000
} ;

void peer_say (struct peer const *p, char const *what)
{
  char uid[UID_FMT] ;
  char pid[PID_FMT] ;
  if (!log_wants(&p->holder->log, LOG_INFO)) return ;
  uid[uid_fmt(uid, peer_uid(p))] = 0 ;
  pid[pid_fmt(pid, p->session.pid)] = 0 ;
  log_line(&p->holder->log, LOG_INFO, "uid ", uid, " pid ", pid, ": ", what) ;
}

void peer_complain (struct peer const *p, char const *what, tain const *now)
{
  struct complaint_account account ;
  char pid[PID_FMT] ;
  if (!log_wants(&p->holder->log, LOG_WARNING)) return ;
  policy_account(&account, &p->session.rights) ;
  pid[pid_fmt(pid, p->session.pid)] = 0 ;
  complaint_line(&p->holder->complaints, LOG_WARNING, what, &account, now, account.user, " pid ", pid, ": ", what) ;
}

void peer_die (struct peer *p)
{
  p->state = PEER_DEAD ;
  if (p->isstranger && !p->iseof) peer_turn_away(p->fd) ;
  verbs_session_end(p->holder, &p->session) ;
}

void peer_kill (struct peer *p, char const *why, tain const *now)
{
  if (peer_isdead(p)) return ;
  peer_complain(p, why, now) ;
  peer_die(p) ;
}

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
  struct rights r = *rights ;
  struct peer *p = malloc(sizeof(struct peer)) ;
  if (!p)
  {
    policy_forget(&h->policy, &r) ;
    peer_turn_away(fd) ;
    fdtable_close_connection(&h->fdtable, fd) ;
    return (errno = ENOMEM, (struct peer *)0) ;
  }
   /* not the frames: they have large buffers, and functions that begin them */
  memset(p, 0, offsetof(struct peer, in)) ;
  memset(&p->timeout, 0, sizeof(struct peer) - offsetof(struct peer, timeout)) ;
  p->holder = h ;
  p->fd = fd ;
  p->channel = -1 ;
  p->state = PEER_SNIFF ;
  p->isstranger = 1 ;
  p->session.rights = r ;
  p->session.pid = pid ;
  p->fdops = ops ;
  p->fdops.data = p ;
  frame_in_init(&p->in, fd, &p->fdops) ;
  frame_out_init(&p->out, &p->fdops) ;
  p->timeout = *timeout ;
  p->deadline = tain_infinite ;
  p->active = *now ;
  h->connection_fds++ ;
  return p ;
}

void peer_free (struct peer *p, tain const *now)
{
  struct holder *h = p->holder ;
  verbs_session_end(h, &p->session) ;
  policy_forget(&h->policy, &p->session.rights) ;
  frame_in_free(&p->in) ;
  frame_out_free(&p->out) ;
  if (p->channel >= 0)
  {
    fdtable_close(&h->fdtable, p->channel, p->account) ;
    h->connection_fds-- ;
  }
  if (!flight_bury(&h->flight, &p->flight, now))
  {
    if (p->iseof) fdtable_end_connection(&h->fdtable, p->fd) ;
    else fdtable_close_connection(&h->fdtable, p->fd) ;
    h->connection_fds-- ;
  }
  free(p) ;
}

void peer_starve (struct peer *p, tain const *now)
{
  tain pause ;
  p->backoff = !p->backoff ? PEER_BACKOFF_MIN : p->backoff * 2 < PEER_BACKOFF_MAX ? p->backoff * 2 : PEER_BACKOFF_MAX ;
  p->isshort = 1 ;
  tain_from_millisecs(&pause, p->backoff) ;
  tain_add(&p->retry, now, &pause) ;
}

 /* -t is armed for every exchange: when it begins, and when a message of
    it has been judged; but not for those who ask for more and more while
    they read nothing of what was answered. */

void peer_account (struct peer *p, unsigned int judged, tain const *now)
{
  int wasbusy = p->busy ;
  if (peer_isdead(p)) return ;
  p->busy = p->banner || !frame_in_isempty(&p->in) || !frame_out_isempty(&p->out) || p->state == PEER_TAKING || p->state == PEER_STAGING ;
  if (!p->busy)
  {
    p->deadline = tain_infinite ;
    if (p->islameduck) peer_die(p) ;
  }
  else
  {
    if (!wasbusy || (judged && (p->hasleft || frame_out_isempty(&p->out))))
    {
      tain_add(&p->deadline, now, &p->timeout) ;
      p->hasleft = 0 ;
    }
    if (p->islameduck && p->state == PEER_OPEN && frame_in_isempty(&p->in)) p->state = PEER_DRAIN ;
  }
}

short peer_events (struct peer const *p)
{
  short events = peer_mayjudge(p) && closing_hasroom(p->holder, p->account, p->fd) ? POLLIN : 0 ;
  if (!p->isshort && !frame_out_isempty(&p->out)) events |= POLLOUT ;
  return events ;
}

void peer_tick (struct peer *p, tain const *now)
{
  if (peer_isdead(p)) return ;
  if (p->isshort && !tain_less(now, &p->retry))
  {
    p->isshort = 0 ;
    if (p->banner) peer_greet(p, now) ;
    peer_write(p, now) ;
  }
  else if (!tain_less(now, &p->deadline)) peer_kill(p, "timed out", now) ;
}

void peer_next (struct peer const *p, tain *when)
{
  if (tain_less(&p->deadline, when)) *when = p->deadline ;
  if (p->isshort && tain_less(&p->retry, when)) *when = p->retry ;
}

void peer_lameduck (struct peer *p, tain const *now)
{
  p->islameduck = 1 ;
  peer_account(p, 0, now) ;
}
