/* ISC license. */

 /* What has come is judged, and answered. */

#include <errno.h>

#include <skalibs/tai.h>

#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

enum { PEER_HIGH_WATER = 16384 } ;  /* bytes of unsent answers above which no request is judged */

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

void peer_drain (struct peer *p, int e, char const *why, tain const *now)
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

void peer_starve (struct peer *p, tain const *now)
{
  if (p->state < PEER_DRAIN) peer_drain(p, ENOMEM, "out of memory for a message: closed", now) ;
}

static void conclude (struct peer *p, enum verdict verdict, tain const *now)
{
  switch (verdict)
  {
    case VERDICT_PROTOCOL : peer_drain(p, EPROTO, "protocol error", now) ; break ;
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
  if (p->session.rights.isguest && !p->session.isnative)
  {
    peer_say(p, "connection denied") ;
    peer_die(p) ;
    return ;
  }
  if (req.nfds > there || (p->in.dialect == FRAME_S6 && req.nfds != f->nfds) || (req.nfds < there && frame_in_isempty(&p->in)))
  {
    peer_drain(p, EPROTO, "protocol error: wrong number of descriptors", now) ;
    return ;
  }
  conclude(p, answer(p, &req, unpacked, now), now) ;
  if (verbs_phase(&p->session) != before) allow(p) ;
}

 /* In the s6 dialect the answer of a retrieve-and-delete must leave before
    anything else is judged. */

int peer_awaitsflush (struct peer const *p)
{
  return p->in.dialect == FRAME_S6 && verbs_phase(&p->session) == PHASE_TAKING ;
}

int peer_mayjudge (struct peer const *p)
{
  if (p->holder->isquiescing && peer_isquiet(p)) return 0 ;
  return p->state < PEER_DRAIN && p->state != PEER_GREET && p->state != PEER_WAITING && p->state != PEER_ANSWERING && !peer_awaitsflush(p) && frame_out_pending(&p->out) < PEER_HIGH_WATER ;
}

 /* What has come is judged, as far as it is whole; the rest is kept. */

unsigned int peer_process (struct peer *p, tain const *now)
{
  unsigned int n = 0 ;
  for (; peer_mayjudge(p) && (p->state != PEER_SNIFF || sniff(p)) ; n++)
  {
    struct frame f ;
    enum frame_get r = frame_in_get(&p->in, &f) ;
    if (r == FRAME_GET_NONE) break ;
    if (r == FRAME_GET_BAD) peer_drain(p, EPROTO, "protocol error: a frame that cannot be", now) ;
    else if (p->state == PEER_HELLO) peer_hello(p, &f, now) ;
    else judge(p, &f, now) ;
  }
  if (p->state < PEER_DRAIN && frame_in_isextra(&p->in))
    peer_drain(p, EPROTO, "protocol error: more descriptors than the message may have", now) ;
  if (!frame_in_settle(&p->in)) peer_starve(p, now) ;
  return n ;
}

 /* What waits asks again, what was answered in part goes on. */

void peer_go_on (struct peer *p, tain const *now)
{
  struct call call = call_of(p, now) ;
  enum phase before = verbs_phase(&p->session) ;
  p->state = PEER_OPEN ;
  conclude(p, verbs_resume(&call), now) ;
  if (verbs_phase(&p->session) != before) allow(p) ;
}
