/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>
#include <skalibs/stralloc.h>

#include "libfdwire/frame.h"
#include "libfdwire/rights.h"

enum
{
  COMPACT_FROM = 65536,
  WORDS_SPARE = 32
} ;

 /* Words of the queue that are in front of a message's descriptors. */

enum
{
  AT_OFFSET,
  AT_COUNT,
  AT_FDS
} ;

#define waiting(out) ((out)->queue + (out)->qhead)

static void use_few (struct frame_out *out)
{
  out->queue = out->few ;
  out->qroom = FRAME_OUT_FEW ;
  out->qhead = out->qend = 0 ;
}

void frame_out_init (struct frame_out *out, struct frame_fdops const *fdops, void *owner)
{
  static struct frame_out const zero = { .data = STRALLOC_ZERO, .dialect = FRAME_NATIVE } ;
  *out = zero ;
  out->fdops = fdops ;
  out->owner = owner ;
  use_few(out) ;
}

static void forget_queue (struct frame_out *out)
{
  if (out->queue != out->few) free(out->queue) ;
  use_few(out) ;
}

 /* The first message's have left, or never will. */

static void release_first (struct frame_out *out)
{
  int const *fds = waiting(out) + AT_FDS ;
  unsigned int n = waiting(out)[AT_COUNT] ;
  out->qhead += AT_FDS + n ;
  out->fdcount -= n ;
  for (unsigned int i = 0 ; i < n ; i++) (*out->fdops->unref)(out->owner, fds[i]) ;
}

void frame_out_free (struct frame_out *out)
{
  while (out->qhead < out->qend) release_first(out) ;
  forget_queue(out) ;
  stralloc_free(&out->data) ;
  out->head = 0 ;
}

static int has_places (struct frame_out *out, unsigned int nfds)
{
  int *queue ;
  size_t room = (size_t)out->qend + AT_FDS + nfds ;
  if (!nfds || room <= out->qroom) return 1 ;
  room += WORDS_SPARE + room / 8 ;
  if (room > UINT32_MAX) return (errno = ENOMEM, 0) ;
  queue = realloc(out->queue == out->few ? 0 : out->queue, room * sizeof(int)) ;
  if (!queue) return 0 ;
  if (out->queue == out->few) memcpy(queue, out->few, out->qend * sizeof(int)) ;
  out->queue = queue ;
  out->qroom = (uint32_t)room ;
  return 1 ;
}

static int make_room (struct frame_out *out, size_t len, unsigned int nfds)
{
  if (len > UINT32_MAX - out->data.len) return (errno = ENOMEM, 0) ;
  return stralloc_readyplus(&out->data, len) && has_places(out, nfds) ;
}

static void attach (struct frame_out *out, int const *fds, unsigned int nfds)
{
  int *message = out->queue + out->qend ;
  if (!nfds) return ;
  message[AT_OFFSET] = (int)(uint32_t)out->data.len ;
  message[AT_COUNT] = nfds ;
  memcpy(message + AT_FDS, fds, nfds * sizeof(int)) ;
  out->qend += AT_FDS + nfds ;
  out->fdcount += nfds ;
  for (unsigned int i = 0 ; i < nfds ; i++) (*out->fdops->addref)(out->owner, fds[i]) ;
}

int frame_out_putraw (struct frame_out *out, char const *s, size_t len, int const *fds, unsigned int nfds)
{
  if (!make_room(out, len, nfds)) return 0 ;
  attach(out, fds, nfds) ;
  stralloc_catb(&out->data, s, len) ;
  return 1 ;
}

size_t frame_pack_header (char *s, enum frame_dialect dialect, size_t len, unsigned int nfds)
{
  uint32_pack_big(s, len) ;
  if (dialect == FRAME_NATIVE) return FRAME_NATIVE_HEADER ;
  uint16_pack_big(s + FRAME_NATIVE_HEADER, nfds) ;
  return FRAME_S6_HEADER ;
}

#define header_size(out) ((out)->dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER)

char *frame_out_reserve (struct frame_out *out, size_t maxbody, unsigned int nfds)
{
  if (!make_room(out, header_size(out) + maxbody, nfds)) return 0 ;
  return out->data.s + out->data.len + header_size(out) ;
}

void frame_out_commit (struct frame_out *out, size_t len, int const *fds, unsigned int nfds)
{
  attach(out, fds, nfds) ;
  out->data.len += frame_pack_header(out->data.s + out->data.len, out->dialect, len, nfds) + len ;
}

int frame_out_put (struct frame_out *out, char const *s, size_t len, int const *fds, unsigned int nfds)
{
  char *body = frame_out_reserve(out, len, nfds) ;
  if (!body) return 0 ;
  memcpy(body, s, len) ;
  frame_out_commit(out, len, fds, nfds) ;
  return 1 ;
}

 /* Those that have left go; the others move down. */

static void move_queue (struct frame_out *out)
{
  out->qend -= out->qhead ;
  memmove(out->queue, waiting(out), out->qend * sizeof(int)) ;
  out->qhead = 0 ;
  for (uint32_t i = 0 ; i < out->qend ; i += AT_FDS + out->queue[i + AT_COUNT])
    out->queue[i + AT_OFFSET] = (int)((uint32_t)out->queue[i + AT_OFFSET] - (uint32_t)out->head) ;
}

 /* What has left is forgotten: at once when all has, now and then before. */

static void forget (struct frame_out *out)
{
  if (frame_out_isempty(out))
  {
    if (out->data.a > FRAME_OUT_KEPT) stralloc_free(&out->data) ;
    out->data.len = out->head = 0 ;
    forget_queue(out) ;
  }
  else if (out->head > COMPACT_FROM && out->head > out->data.len / 2)
  {
    move_queue(out) ;
    memmove(out->data.s, out->data.s + out->head, out->data.len - out->head) ;
    out->data.len -= out->head ;
    out->head = 0 ;
  }
}

 /* Where the message begins that is the first in the queue from word i on, or
    where all that is to be sent ends. */

static size_t offset_at (struct frame_out const *out, uint32_t i)
{
  return i < out->qend ? (uint32_t)out->queue[i + AT_OFFSET] : out->data.len ;
}

 /* How many descriptors the next byte carries. */

static unsigned int next_fds (struct frame_out const *out)
{
  return out->qhead < out->qend && offset_at(out, out->qhead) == out->head ? waiting(out)[AT_COUNT] : 0 ;
}

 /* Sends up to the next message that has any, with the nfds of this one. */

static ssize_t send_run (struct frame_out *out, int fd, unsigned int nfds)
{
  union rights_room rights ;
  size_t end = offset_at(out, out->qhead + (nfds ? AT_FDS + nfds : 0)) ;
  struct iovec v = { .iov_base = out->data.s + out->head, .iov_len = end - out->head } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (nfds) rights_attach(&msg, &rights, waiting(out) + AT_FDS, nfds) ;
  return rights_send(fd, &msg) ;
}

static enum frame_flush flush_failure (void)
{
  switch (errno)
  {
    case EAGAIN :
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK :
#endif
      return FRAME_FLUSH_AGAIN ;
    case ETOOMANYREFS :
    case EMFILE :
    case ENFILE :
    case ENOMEM :
    case ENOBUFS :
      return FRAME_FLUSH_SHORTAGE ;
    default :
      return FRAME_FLUSH_ERROR ;
  }
}

enum frame_flush frame_out_flush (struct frame_out *out, int fd, uint32_t *fdmax)
{
  while (!frame_out_isempty(out))
  {
    unsigned int nfds = next_fds(out) ;
    ssize_t r ;
    if (fdmax && nfds > *fdmax) return FRAME_FLUSH_HELD ;
    r = send_run(out, fd, nfds) ;
    if (r == -1)
    {
      enum frame_flush result = flush_failure() ;
      if (out->head > COMPACT_FROM) forget(out) ;
      return result ;
    }
    if (nfds) release_first(out) ;
    if (fdmax) *fdmax -= nfds ;
    out->head += r ;
  }
  forget(out) ;
  return FRAME_FLUSH_DONE ;
}
