/* ISC license. */

 /* What comes is read, what goes out is sent. */

#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libfdholderd/closing.h"
#include "libfdholderd/flight.h"
#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdholderd/verbs.h"

enum { PEER_PARTS = 8 } ;  /* of an answer that goes on, in one turn */

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

 /* Sends, and judges what had to wait for that, in turns. */

void peer_write (struct peer *p, tain const *now)
{
  unsigned int judged = 0, parts = 0 ;
  while (!peer_isdead(p) && !p->backoff.isunderway && !frame_out_isempty(&p->out) && parts < PEER_PARTS && flush(p, now))
  {
    if (p->state == PEER_ANSWERING)
    {
      peer_go_on(p, now) ;
      judged++ ;
      parts++ ;
    }
    if (p->state == PEER_DRAIN) peer_die(p) ;
    if (peer_awaitsflush(p)) verbs_taking_complete(p->holder, &p->session, now) ;
    judged += peer_process(p, now) ;
  }
  peer_account(p, judged, now) ;
}

void peer_resume (struct peer *p, tain const *now)
{
  unsigned int judged = 0 ;
  if (p->state != PEER_WAITING && (p->state != PEER_ANSWERING || !frame_out_isempty(&p->out))) return ;
  peer_go_on(p, now) ;
  if (p->state == PEER_OPEN) judged = 1 + peer_process(p, now) ;
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
    case FRAME_FILL_SHORTAGE : peer_drain(p, ENFILE, "descriptors of a client were lost: no room for them in this process", now) ; break ;
    case FRAME_FILL_EXTRA : peer_drain(p, EPROTO, "protocol error: more descriptors than the message may have", now) ; break ;
    case FRAME_FILL_NOMEMORY : peer_starve(p, now) ; break ;
    case FRAME_FILL_EOF :
      p->iseof = 1 ;
      peer_say(p, "disconnected") ;
      peer_die(p) ;
      return ;
    case FRAME_FILL_ERROR : lose(p) ; return ;
  }
  p->active = *now ;
  judged = peer_process(p, now) ;
  peer_account(p, judged, now) ;
  peer_write(p, now) ;
}
