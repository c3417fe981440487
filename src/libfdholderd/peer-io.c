/* ISC license. */

 /* What comes in is judged, what goes out is sent. */

#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libfdholderd/closing.h"
#include "libfdholderd/flight.h"
#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

enum
{
  PEER_HIGH_WATER = 16384,  /* bytes of unsent answers above which no request is judged */
  PEER_PARTS = 8  /* of an answer that goes on, in one turn */
} ;

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
  enum frame_dialect dialect ;
  if (!frame_in_sniff(&p->in, &dialect)) return 0 ;
  p->in.dialect = p->out.dialect = dialect ;
  p->session.isnative = p->isstranger = dialect == FRAME_NATIVE ;
  p->state = p->session.isnative ? PEER_HELLO : PEER_OPEN ;
  return 1 ;
}

 /* The last answer, then no more. Who has not even said which dialect it
    speaks gets none. */

static void drain (struct peer *p, int e, char const *why, tain const *now)
{
  struct replies r = replies_of(p) ;
  peer_complain(p, why, now) ;
  verbs_session_end(p->holder, &p->session) ;
  p->state = (p->state != PEER_SNIFF || sniff(p)) && verbs_error(&r, e) == VERDICT_ANSWERED ? PEER_DRAIN : PEER_DEAD ;
}

 /* What a message may be depends on whether it is one of a dump. */

static void allow (struct peer *p)
{
  if (verbs_phase(&p->session) == PHASE_DUMP) frame_in_allow(&p->in, WIRE_DUMPFRAME_MAX, WIRE_FDS_MAX) ;
  else frame_in_allow(&p->in, WIRE_REQUEST_MAX, 1) ;
}

static struct call call_of (struct peer *p, tain const *now)
{
  struct call c = { .holder = p->holder, .session = &p->session, .reply = replies_of(p), .owner = p->owner, .channel = p->channel, .now = now } ;
  return c ;
}

static enum verdict answer (struct peer *p, struct wire_request const *req, int unpacked, tain const *now)
{
  int fds[WIRE_FDS_MAX] ;
  struct call call = call_of(p, now) ;
  call.request = req ;
  call.fds = fds ;
  for (unsigned int i = 0 ; i < req->nfds ; i++) fds[i] = frame_in_takefd(&p->in) ;
  return verbs_answer(&call, unpacked) ;
}

static void starve_message (struct peer *p, tain const *now)
{
  if (p->state < PEER_DRAIN) drain(p, ENOMEM, "out of memory for a message: closed", now) ;
}

static void conclude (struct peer *p, enum verdict verdict, tain const *now)
{
  switch (verdict)
  {
    case VERDICT_PROTOCOL : drain(p, EPROTO, "protocol error", now) ; break ;
    case VERDICT_NOMEMORY : peer_kill(p, "out of memory for an answer: closed", now) ; break ;
    case VERDICT_LATER : p->state = PEER_WAITING ; break ;
    case VERDICT_MORE : p->state = PEER_ANSWERING ; break ;
    case VERDICT_ANSWERED : break ;
  }
}

static void judge (struct peer *p, struct frame const *f, tain const *now)
{
  struct wire_request req ;
  int unpacked = wire_unpack_request(&req, f->s, f->len) ;
  unsigned int there = frame_in_fdcount(&p->in) ;
  enum phase before = verbs_phase(&p->session) ;
  if (req.nfds > there || (p->in.dialect == FRAME_S6 && req.nfds != f->nfds) || (req.nfds < there && frame_in_isempty(&p->in)))
  {
    drain(p, EPROTO, "protocol error: wrong number of descriptors", now) ;
    return ;
  }
  conclude(p, answer(p, &req, unpacked, now), now) ;
  if (verbs_phase(&p->session) != before) allow(p) ;
}

 /* In the s6 dialect the answer of a retrieve-and-delete must leave before
    anything else is judged. */

static int awaits_flush (struct peer const *p)
{
  return p->in.dialect == FRAME_S6 && verbs_phase(&p->session) == PHASE_TAKING ;
}

int peer_mayjudge (struct peer const *p)
{
  if (p->holder->isquiescing && peer_isquiet(p)) return 0 ;
  return p->state < PEER_DRAIN && p->state != PEER_GREET && p->state != PEER_WAITING && p->state != PEER_ANSWERING && !awaits_flush(p) && frame_out_pending(&p->out) < PEER_HIGH_WATER ;
}

 /* What has come is judged, as far as it is whole; the rest is kept. */

static unsigned int process (struct peer *p, tain const *now)
{
  unsigned int n = 0 ;
  for (; peer_mayjudge(p) && (p->state != PEER_SNIFF || sniff(p)) ; n++)
  {
    struct frame f ;
    enum frame_get r = frame_in_get(&p->in, &f) ;
    if (r == FRAME_GET_NONE) break ;
    if (r == FRAME_GET_BAD) drain(p, EPROTO, "protocol error: a frame that cannot be", now) ;
    else if (p->state == PEER_HELLO) peer_hello(p, &f, now) ;
    else judge(p, &f, now) ;
  }
  if (p->state < PEER_DRAIN && frame_in_isextra(&p->in))
    drain(p, EPROTO, "protocol error: more descriptors than the message may have", now) ;
  if (!frame_in_settle(&p->in)) starve_message(p, now) ;
  return n ;
}

static void lose (struct peer *p)
{
  peer_say(p, errno == EPIPE || errno == ECONNRESET ? "disconnected" : strerror(errno)) ;
  peer_die(p) ;
}

static int flush (struct peer *p, tain const *now)
{
  size_t before = frame_out_pending(&p->out) ;
  uint32_t allowed = flight_allowance(&p->holder->flight, &p->flight, p->account, frame_out_fds(&p->out)) ;
  uint32_t left = allowed ;
  enum frame_flush r = frame_out_flush(&p->out, p->fd, &left) ;
  flight_count(&p->holder->flight, &p->flight, p->account, p->fd, allowed - left) ;
  if (frame_out_pending(&p->out) < before)
  {
    p->active = *now ;
    p->hasleft = 1 ;
    p->isstranger = 0 ;
    backoff_reset(&p->backoff) ;
  }
  switch (r)
  {
    case FRAME_FLUSH_DONE : return 1 ;
    case FRAME_FLUSH_AGAIN : return 0 ;
    case FRAME_FLUSH_HELD :
    case FRAME_FLUSH_SHORTAGE : backoff_begin(&p->backoff, now) ; return 0 ;
    default : lose(p) ; return 0 ;
  }
}

 /* What waits asks again, what was answered in part goes on. */

static void go_on (struct peer *p, tain const *now)
{
  struct call call = call_of(p, now) ;
  p->state = PEER_OPEN ;
  conclude(p, verbs_resume(&call), now) ;
}

 /* Sends, and judges what had to wait for that, in turns. */

void peer_write (struct peer *p, tain const *now)
{
  unsigned int judged = 0, parts = 0 ;
  while (!peer_isdead(p) && !p->backoff.isunderway && !frame_out_isempty(&p->out) && parts < PEER_PARTS && flush(p, now))
  {
    if (p->state == PEER_ANSWERING)
    {
      go_on(p, now) ;
      judged++ ;
      parts++ ;
    }
    if (p->state == PEER_DRAIN) peer_die(p) ;
    if (awaits_flush(p)) verbs_taking_complete(p->holder, &p->session) ;
    judged += process(p, now) ;
  }
  peer_account(p, judged, now) ;
}

void peer_resume (struct peer *p, tain const *now)
{
  unsigned int judged = 0 ;
  if (p->state != PEER_WAITING && (p->state != PEER_ANSWERING || !frame_out_isempty(&p->out))) return ;
  go_on(p, now) ;
  if (p->state == PEER_OPEN) judged = 1 + process(p, now) ;
  peer_account(p, judged, now) ;
  peer_write(p, now) ;
}

 /* What the message under way needs, and nothing of the next one. */

static size_t missing (struct peer const *p)
{
  return p->state == PEER_SNIFF ? FRAME_SNIFF - p->in.len : frame_in_missing(&p->in) ;
}

void peer_read (struct peer *p, tain const *now)
{
  char buffer[FRAME_IN_BUFFER] ;
  unsigned int judged ;
  size_t max = closing_room(p->holder, p->account, p->fd) ;
  if (!max) return ;
  if (p->holder->isquiescing && max > missing(p)) max = missing(p) ;
  switch (frame_in_fill(&p->in, p->fd, buffer, max))
  {
    case FRAME_FILL_AGAIN : return ;
    case FRAME_FILL_OK : break ;
    case FRAME_FILL_SHORTAGE : drain(p, ENFILE, "descriptors of a client were lost: no room for them in this process", now) ; break ;
    case FRAME_FILL_EXTRA : drain(p, EPROTO, "protocol error: more descriptors than the message may have", now) ; break ;
    case FRAME_FILL_NOMEMORY : starve_message(p, now) ; break ;
    case FRAME_FILL_EOF :
      p->iseof = 1 ;
      peer_say(p, "disconnected") ;
      peer_die(p) ;
      return ;
    case FRAME_FILL_ERROR : lose(p) ; return ;
  }
  p->active = *now ;
  judged = process(p, now) ;
  peer_account(p, judged, now) ;
  peer_write(p, now) ;
}
