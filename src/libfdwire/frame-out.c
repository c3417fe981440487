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
  FDS_SPARE = 16
} ;

static void use_few (struct frame_out *out)
{
  out->fds = out->few ;
  out->fdroom = FRAME_OUT_FDS ;
  out->fdhead = out->fdend = 0 ;
}

void frame_out_init (struct frame_out *out, struct frame_fdops const *fdops, void *owner)
{
  static struct frame_out const zero = { .data = STRALLOC_ZERO, .dialect = FRAME_NATIVE } ;
  *out = zero ;
  out->fdops = fdops ;
  out->owner = owner ;
  use_few(out) ;
}

static void forget_fds (struct frame_out *out)
{
  if (out->fds != out->few) free(out->fds) ;
  use_few(out) ;
}

static void release_some (struct frame_out *out, unsigned int n)
{
  while (n--) (*out->fdops->unref)(out->owner, out->fds[out->fdhead++].fd) ;
}

void frame_out_free (struct frame_out *out)
{
  release_some(out, out->fdend - out->fdhead) ;
  forget_fds(out) ;
  stralloc_free(&out->data) ;
  out->head = 0 ;
}

static int has_places (struct frame_out *out, unsigned int n)
{
  struct frame_attached *fds ;
  size_t room = (size_t)out->fdend + n ;
  if (room <= out->fdroom) return 1 ;
  room += FDS_SPARE + room / 8 ;
  if (room > UINT32_MAX) return (errno = ENOMEM, 0) ;
  fds = realloc(out->fds == out->few ? 0 : out->fds, room * sizeof(*fds)) ;
  if (!fds) return 0 ;
  if (out->fds == out->few) memcpy(fds, out->few, out->fdend * sizeof(*fds)) ;
  out->fds = fds ;
  out->fdroom = (uint32_t)room ;
  return 1 ;
}

static int make_room (struct frame_out *out, size_t len, unsigned int nfds)
{
  return stralloc_readyplus(&out->data, len) && has_places(out, nfds) ;
}

static void attach (struct frame_out *out, size_t offset, int const *fds, unsigned int nfds)
{
  for (unsigned int i = 0 ; i < nfds ; i++)
  {
    struct frame_attached a = { .offset = offset, .fd = fds[i] } ;
    (*out->fdops->addref)(out->owner, fds[i]) ;
    out->fds[out->fdend++] = a ;
  }
}

int frame_out_putraw (struct frame_out *out, char const *s, size_t len, int const *fds, unsigned int nfds)
{
  if (!make_room(out, len, nfds)) return 0 ;
  attach(out, out->data.len, fds, nfds) ;
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
  attach(out, out->data.len, fds, nfds) ;
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

static void move_fds (struct frame_out *out)
{
  out->fdend -= out->fdhead ;
  memmove(out->fds, out->fds + out->fdhead, out->fdend * sizeof(struct frame_attached)) ;
  out->fdhead = 0 ;
  for (uint32_t i = 0 ; i < out->fdend ; i++) out->fds[i].offset -= out->head ;
}

 /* What has left is forgotten: at once when all has, now and then before. */

static void forget (struct frame_out *out)
{
  if (frame_out_isempty(out))
  {
    if (out->data.a > FRAME_OUT_KEPT) stralloc_free(&out->data) ;
    out->data.len = out->head = 0 ;
    forget_fds(out) ;
  }
  else if (out->head > COMPACT_FROM && out->head > out->data.len / 2)
  {
    move_fds(out) ;
    memmove(out->data.s, out->data.s + out->head, out->data.len - out->head) ;
    out->data.len -= out->head ;
    out->head = 0 ;
  }
}

 /* How many descriptors the next byte carries. */

static unsigned int next_fds (struct frame_out const *out)
{
  unsigned int n = 0 ;
  while (out->fdhead + n < out->fdend && out->fds[out->fdhead + n].offset == out->head) n++ ;
  return n ;
}

 /* Sends up to the next message that has any, with the nfds of this one. */

static ssize_t send_run (struct frame_out *out, int fd, unsigned int nfds)
{
  union rights_room rights ;
  int fds[WIRE_FDS_MAX] ;
  uint32_t next = out->fdhead + nfds ;
  struct iovec v = { .iov_base = out->data.s + out->head, .iov_len = (next < out->fdend ? out->fds[next].offset : out->data.len) - out->head } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  for (unsigned int i = 0 ; i < nfds ; i++) fds[i] = out->fds[out->fdhead + i].fd ;
  if (nfds) rights_attach(&msg, &rights, fds, nfds) ;
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

uint32_t frame_out_fds (struct frame_out const *out)
{
  return out->fdend - out->fdhead ;
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
    release_some(out, nfds) ;
    if (fdmax) *fdmax -= nfds ;
    out->head += r ;
  }
  forget(out) ;
  return FRAME_FLUSH_DONE ;
}
