/* ISC license. */

 /* A connection and its states: the table is in peer.h. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <poll.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "fdtable.h"
#include "frame.h"
#include "log.h"
#include "peer.h"
#include "peer-internal.h"
#include "verbs.h"
#include "wire.h"

enum peer_numbers
{
  PEER_HIGH_WATER = 16384,  /* bytes of unsent answers above which no request is judged */
  PEER_BACKOFF_MIN = 10,  /* milliseconds */
  PEER_BACKOFF_MAX = 1000
} ;

static void say (struct peer const *p, enum log_level level, char const *what)
{
  char uid[UID_FMT] ;
  char pid[PID_FMT] ;
  if (!log_wants(&p->holder->log, level)) return ;
  uid[uid_fmt(uid, peer_uid(p))] = 0 ;
  pid[pid_fmt(pid, p->session.pid)] = 0 ;
  log_line(&p->holder->log, level, "uid ", uid, " pid ", pid, ": ", what) ;
}

static void die (struct peer *p)
{
  p->state = PEER_DEAD ;
  verbs_session_end(p->holder, &p->session) ;
}

void peer_kill (struct peer *p, char const *why)
{
  if (peer_isdead(p)) return ;
  say(p, LOG_WARNING, why) ;
  die(p) ;
}

static char *reserve_reply (void *data, size_t len, unsigned int nfds)
{
  return frame_out_reserve(data, len, nfds) ;
}

static void commit_reply (void *data, size_t len, int const *fds, unsigned int nfds)
{
  frame_out_commit(data, len, fds, nfds) ;
}

static struct replies replies_of (struct peer *p)
{
  struct replies r = { .reserve = &reserve_reply, .commit = &commit_reply, .data = &p->out } ;
  return r ;
}

static int sniff (struct peer *p)
{
  if (!frame_in_sniff(&p->in, &p->in.dialect)) return 0 ;
  p->out.dialect = p->in.dialect ;
  p->session.isnative = p->in.dialect == FRAME_NATIVE ;
  p->state = p->session.isnative ? PEER_HELLO : PEER_OPEN ;
  return 1 ;
}

 /* The last answer, then no more. Who has not even said which dialect it
    speaks gets none. */

static void drain (struct peer *p, int e, char const *why)
{
  struct replies r = replies_of(p) ;
  say(p, LOG_WARNING, why) ;
  verbs_session_end(p->holder, &p->session) ;
  p->state = (p->state != PEER_SNIFF || sniff(p)) && verbs_error(&r, e) == VERDICT_ANSWERED ? PEER_DRAIN : PEER_DEAD ;
}

struct peer *peer_new (struct holder *h, int fd, struct rights const *rights, pid_t pid, tain const *timeout, tain const *now)
{
  static struct frame_fdops const fdtable_ops = { .adopt = &fdtable_adopt, .addref = &fdtable_addref, .unref = &fdtable_unref } ;
  struct rights r = *rights ;
  struct peer *p = malloc(sizeof(struct peer)) ;
  if (!p)
  {
    policy_forget(&h->policy, &r) ;
    fd_close(fd) ;
    return (errno = ENOMEM, (struct peer *)0) ;
  }
   /* not the frames: they have large buffers, and functions that begin them */
  memset(p, 0, offsetof(struct peer, in)) ;
  memset(&p->timeout, 0, sizeof(struct peer) - offsetof(struct peer, timeout)) ;
  p->holder = h ;
  p->fd = fd ;
  p->channel = -1 ;
  p->state = PEER_SNIFF ;
  p->session.rights = r ;
  p->session.pid = pid ;
  p->fdops = fdtable_ops ;
  p->fdops.data = &h->fdtable ;
  frame_in_init(&p->in, fd, &p->fdops) ;
  frame_out_init(&p->out, &p->fdops) ;
  p->timeout = *timeout ;
  p->deadline = tain_infinite ;
  p->active = *now ;
  h->connection_fds++ ;
  return p ;
}

void peer_free (struct peer *p)
{
  struct holder *h = p->holder ;
  verbs_session_end(h, &p->session) ;
  policy_forget(&h->policy, &p->session.rights) ;
  frame_in_free(&p->in) ;
  frame_out_free(&p->out) ;
  if (p->channel >= 0)
  {
    fd_close(p->channel) ;
    h->connection_fds-- ;
  }
  fd_close(p->fd) ;
  h->connection_fds-- ;
  free(p) ;
}

void peer_starve (struct peer *p, tain const *now)
{
  tain pause ;
  p->backoff = !p->backoff ? PEER_BACKOFF_MIN : p->backoff * 2 < PEER_BACKOFF_MAX ? p->backoff * 2 : PEER_BACKOFF_MAX ;
  tain_from_millisecs(&pause, p->backoff) ;
  tain_add(&p->retry, now, &pause) ;
  tain_add(&p->deadline, now, &p->timeout) ;
}

static void judge (struct peer *p, struct frame const *f, tain const *now)
{
  struct replies out = replies_of(p) ;
  struct wire_request req ;
  int fds[WIRE_FDS_MAX] ;
  int isstaging = p->state == PEER_STAGING ;
  int unpacked = wire_unpack_request(&req, f->s, f->len) ;
  unsigned int n = unpacked == EPROTO ? 0 : verbs_fds(&req) ;
  unsigned int there = frame_in_fdcount(&p->in) ;
  if (n > there || (p->in.dialect == FRAME_S6 && n != f->nfds) || (n < there && frame_in_isempty(&p->in)))
    return drain(p, EPROTO, "protocol error: wrong number of descriptors") ;
  for (unsigned int i = 0 ; i < n ; i++) fds[i] = frame_in_takefd(&p->in) ;
  switch (verbs_answer(p->holder, &p->session, &req, unpacked, fds, &out, now))
  {
    case VERDICT_PROTOCOL : return drain(p, EPROTO, "protocol error") ;
    case VERDICT_NOMEMORY : return peer_kill(p, "out of memory for an answer: closed") ;
    case VERDICT_ANSWERED : break ;
  }
  p->state = verbs_istaking(&p->session) ? PEER_TAKING : stage_isactive(&p->session.stage) ? PEER_STAGING : PEER_OPEN ;
  if (isstaging == (p->state == PEER_STAGING)) return ;
  if (isstaging) frame_in_allow(&p->in, WIRE_REQUEST_MAX, 1) ;
  else frame_in_allow(&p->in, WIRE_DUMPFRAME_MAX, WIRE_FDS_MAX) ;
}

 /* In the s6 dialect the answer of a retrieve-and-delete must leave before
    anything else is judged. */

static int awaits_flush (struct peer const *p)
{
  return p->state == PEER_TAKING && p->in.dialect == FRAME_S6 ;
}

static int may_judge (struct peer const *p)
{
  return p->state < PEER_DRAIN && !awaits_flush(p) && !p->banner && frame_out_pending(&p->out) < PEER_HIGH_WATER ;
}

static unsigned int process (struct peer *p, tain const *now)
{
  unsigned int n = 0 ;
  for (; may_judge(p) && (p->state != PEER_SNIFF || sniff(p)) ; n++)
  {
    struct frame f ;
    enum frame_get r = frame_in_get(&p->in, &f) ;
    if (r == FRAME_GET_NONE) break ;
    if (r == FRAME_GET_BAD) drain(p, EPROTO, "protocol error: a frame that cannot be") ;
    else if (p->state == PEER_HELLO) peer_hello(p, &f, now) ;
    else judge(p, &f, now) ;
  }
  if (p->state < PEER_DRAIN && frame_in_isextra(&p->in))
    drain(p, EPROTO, "protocol error: more descriptors than the message may have") ;
  return n ;
}

 /* -t is armed for every exchange: when it begins, and when a message of
    it has been judged. */

static void account (struct peer *p, unsigned int judged, tain const *now)
{
  int wasbusy = p->busy ;
  if (peer_isdead(p)) return ;
  p->busy = p->banner || !frame_in_isempty(&p->in) || !frame_out_isempty(&p->out) || p->state == PEER_TAKING || p->state == PEER_STAGING ;
  if (!p->busy)
  {
    p->deadline = tain_infinite ;
    if (p->islameduck) die(p) ;
  }
  else if (!wasbusy || judged) tain_add(&p->deadline, now, &p->timeout) ;
}

static int flush (struct peer *p, tain const *now)
{
  size_t before = frame_out_pending(&p->out) ;
  enum frame_flush r = frame_out_flush(&p->out, p->fd) ;
  if (frame_out_pending(&p->out) < before)
  {
    p->active = *now ;
    p->backoff = 0 ;
  }
  switch (r)
  {
    case FRAME_FLUSH_DONE : return 1 ;
    case FRAME_FLUSH_AGAIN : return 0 ;
    case FRAME_FLUSH_SHORTAGE : peer_starve(p, now) ; return 0 ;
    default : die(p) ; return 0 ;
  }
}

 /* Sends, and judges what had to wait for that, in turns. */

void peer_write (struct peer *p, tain const *now)
{
  unsigned int judged = 0 ;
  while (!peer_isdead(p) && !p->backoff && !frame_out_isempty(&p->out) && flush(p, now))
  {
    if (p->state == PEER_DRAIN) die(p) ;
    if (awaits_flush(p))
    {
      verbs_taking_complete(p->holder, &p->session) ;
      p->state = PEER_OPEN ;
    }
    judged += process(p, now) ;
  }
  account(p, judged, now) ;
}

void peer_read (struct peer *p, tain const *now)
{
  unsigned int judged ;
  switch (frame_in_fill(&p->in))
  {
    case FRAME_FILL_AGAIN : return ;
    case FRAME_FILL_OK : break ;
    case FRAME_FILL_SHORTAGE : drain(p, ENFILE, "descriptors of a client were lost: no room for them in this process") ; break ;
    case FRAME_FILL_EXTRA : drain(p, EPROTO, "protocol error: more descriptors than the message may have") ; break ;
    case FRAME_FILL_EOF :
      say(p, LOG_INFO, "disconnected") ;
      return die(p) ;
    case FRAME_FILL_ERROR : return die(p) ;
  }
  p->active = *now ;
  judged = process(p, now) ;
  account(p, judged, now) ;
  if (!p->backoff) peer_write(p, now) ;
}

short peer_events (struct peer const *p)
{
  short events = may_judge(p) ? POLLIN : 0 ;
  if (!p->backoff && !frame_out_isempty(&p->out)) events |= POLLOUT ;
  return events ;
}

void peer_tick (struct peer *p, tain const *now)
{
  if (peer_isdead(p)) return ;
  if (p->backoff && !tain_less(now, &p->retry))
  {
    uint16_t backoff = p->backoff ;
    p->backoff = 0 ;
    if (p->banner) peer_greet(p, now) ;
    if (!p->backoff) peer_write(p, now) ;
    if (p->backoff) p->backoff = backoff < PEER_BACKOFF_MAX / 2 ? backoff * 2 : PEER_BACKOFF_MAX ;
  }
  else if (!tain_less(now, &p->deadline)) peer_kill(p, "timed out") ;
}

void peer_next (struct peer const *p, tain *when)
{
  if (tain_less(&p->deadline, when)) *when = p->deadline ;
  if (p->backoff && tain_less(&p->retry, when)) *when = p->retry ;
}

void peer_lameduck (struct peer *p, tain const *now)
{
  p->islameduck = 1 ;
  account(p, 0, now) ;
}
