/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <errno.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>
#include <skalibs/stralloc.h>
#include <skalibs/genalloc.h>

#include "libfdwire/frame.h"
#include "libfdwire/rights.h"

enum { COMPACT_FROM = 65536 } ;

#define attachments(out) genalloc_s(struct frame_attachment, &(out)->attachments)
#define attachment_count(out) genalloc_len(struct frame_attachment, &(out)->attachments)

void frame_out_init (struct frame_out *out, struct frame_fdops const *fdops, void *owner)
{
  static struct frame_out const zero = { .data = STRALLOC_ZERO, .attachments = GENALLOC_ZERO, .fds = GENALLOC_ZERO, .dialect = FRAME_NATIVE } ;
  *out = zero ;
  out->fdops = fdops ;
  out->owner = owner ;
}

static void release (struct frame_out *out, struct frame_attachment const *a)
{
  int const *fds = genalloc_s(int, &out->fds) + a->fdstart ;
  for (uint16_t i = 0 ; i < a->nfds ; i++) (*out->fdops->unref)(out->owner, fds[i]) ;
}

void frame_out_free (struct frame_out *out)
{
  for (; out->attachment < attachment_count(out) ; out->attachment++)
    release(out, attachments(out) + out->attachment) ;
  stralloc_free(&out->data) ;
  genalloc_free(struct frame_attachment, &out->attachments) ;
  genalloc_free(int, &out->fds) ;
  out->head = out->attachment = 0 ;
}

static int make_room (struct frame_out *out, size_t len, unsigned int nfds)
{
  if (!stralloc_readyplus(&out->data, len)) return 0 ;
  if (!nfds) return 1 ;
  return genalloc_readyplus(int, &out->fds, nfds)
    && genalloc_readyplus(struct frame_attachment, &out->attachments, 1) ;
}

static void attach (struct frame_out *out, size_t offset, int const *fds, unsigned int nfds)
{
  struct frame_attachment a = { .offset = offset, .fdstart = genalloc_len(int, &out->fds), .nfds = nfds } ;
  if (!nfds) return ;
  for (unsigned int i = 0 ; i < nfds ; i++) (*out->fdops->addref)(out->owner, fds[i]) ;
  genalloc_catb(int, &out->fds, fds, nfds) ;
  genalloc_catb(struct frame_attachment, &out->attachments, &a, 1) ;
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

 /* Those that have left go; the others move down, with their descriptors. */

static void forget_attachments (struct frame_out *out)
{
  size_t left = attachment_count(out) - out->attachment ;
  struct frame_attachment *a = left ? attachments(out) + out->attachment : 0 ;
  size_t fdstart = left ? a->fdstart : genalloc_len(int, &out->fds) ;
  size_t nfds = genalloc_len(int, &out->fds) - fdstart ;
  for (size_t i = 0 ; i < left ; i++)
  {
    a[i].offset -= out->head ;
    a[i].fdstart -= fdstart ;
  }
  if (left) memmove(attachments(out), a, left * sizeof(struct frame_attachment)) ;
  if (nfds) memmove(genalloc_s(int, &out->fds), genalloc_s(int, &out->fds) + fdstart, nfds * sizeof(int)) ;
  genalloc_setlen(struct frame_attachment, &out->attachments, left) ;
  genalloc_setlen(int, &out->fds, nfds) ;
  out->attachment = 0 ;
}

 /* What has left is forgotten: at once when all has, now and then before. */

static void forget (struct frame_out *out)
{
  if (frame_out_isempty(out))
  {
    if (out->data.a > FRAME_OUT_KEPT) stralloc_free(&out->data) ;
    genalloc_free(int, &out->fds) ;
    genalloc_free(struct frame_attachment, &out->attachments) ;
    out->data.len = out->head = out->attachment = 0 ;
  }
  else if (out->head > COMPACT_FROM && out->head > out->data.len / 2)
  {
    memmove(out->data.s, out->data.s + out->head, out->data.len - out->head) ;
    forget_attachments(out) ;
    out->data.len -= out->head ;
    out->head = 0 ;
  }
}

 /* Sends up to the next attachment; the bytes that carry one begin with it. */

static ssize_t send_run (struct frame_out *out, int fd)
{
  union rights_room rights ;
  size_t i = out->attachment ;
  struct iovec v = { .iov_base = out->data.s + out->head } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (i < attachment_count(out) && attachments(out)[i].offset == out->head)
  {
    struct frame_attachment const *a = attachments(out) + i++ ;
    rights_attach(&msg, &rights, genalloc_s(int, &out->fds) + a->fdstart, a->nfds) ;
  }
  v.iov_len = (i < attachment_count(out) ? attachments(out)[i].offset : out->data.len) - out->head ;
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
  size_t n = genalloc_len(int, &out->fds) ;
  return out->attachment < attachment_count(out) ? (uint32_t)(n - attachments(out)[out->attachment].fdstart) : 0 ;
}

 /* How many descriptors the next byte carries. */

static uint16_t next_fds (struct frame_out const *out)
{
  struct frame_attachment const *a ;
  if (out->attachment == attachment_count(out)) return 0 ;
  a = attachments(out) + out->attachment ;
  return a->offset == out->head ? a->nfds : 0 ;
}

enum frame_flush frame_out_flush (struct frame_out *out, int fd, uint32_t *fdmax)
{
  while (!frame_out_isempty(out))
  {
    uint16_t nfds = next_fds(out) ;
    ssize_t r ;
    if (fdmax && nfds > *fdmax) return FRAME_FLUSH_HELD ;
    r = send_run(out, fd) ;
    if (r == -1)
    {
      enum frame_flush result = flush_failure() ;
      if (out->head > COMPACT_FROM) forget(out) ;
      return result ;
    }
    if (nfds) release(out, attachments(out) + out->attachment++) ;
    if (fdmax) *fdmax -= nfds ;
    out->head += r ;
  }
  forget(out) ;
  return FRAME_FLUSH_DONE ;
}
