/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <errno.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>
#include <skalibs/buffer.h>
#include <skalibs/stralloc.h>
#include <skalibs/textmessage.h>
#include <skalibs/djbunix.h>

#include "libfdwire/frame.h"
#include "libfdwire/rights.h"

ssize_t frame_never_read (int fd, struct iovec const *v, unsigned int n)
{
  (void)fd ;
  (void)v ;
  (void)n ;
  return (errno = EAGAIN, -1) ;
}

int frame_in_init (struct frame_in *in, int fd, struct frame_fdops const *fdops)
{
  if (!textmessage_receiver_init(&in->receiver, fd, in->buffer, FRAME_IN_BUFFER, WIRE_REQUEST_MAX)) return 0 ;
  in->receiver.in.op = &frame_never_read ;
  in->fdops = fdops ;
  in->fdhead = in->fdcount = in->claimed = 0 ;
  in->fdmax = 1 ;
  in->dialect = FRAME_NATIVE ;
  in->inheader = 0 ;
  return 1 ;
}

int frame_in_takefd (struct frame_in *in)
{
  if (!in->fdcount) return -1 ;
  in->fdcount-- ;
  return in->fds[in->fdhead++] ;
}

void frame_in_free (struct frame_in *in)
{
  while (in->fdcount) (*in->fdops->unref)(in->fdops->data, frame_in_takefd(in)) ;
  stralloc_free(&in->receiver.indata) ;
}

 /* Some of a body is here. textmessage_receive keeps a message that it has
    delivered as one that is whole. */

static int is_unfinished (struct frame_in const *in)
{
  return in->dialect == FRAME_S6 ? in->inheader : in->receiver.indata.len != in->receiver.wanted ;
}

void frame_in_allow (struct frame_in *in, size_t maxbody, unsigned int maxfds)
{
  in->receiver.max = maxbody ;
  in->fdmax = maxfds ;
  if (in->receiver.indata.a <= maxbody || is_unfinished(in)) return ;
  stralloc_free(&in->receiver.indata) ;
  in->receiver.wanted = 0 ;
}

struct taken
{
  struct frame_in *in ;
  enum frame_fill result ;
} ;

 /* Each is queued or closed, whatever is wrong: one more than may wait, which
    tells that there were too many. */

static void take_one (void *data, int fd)
{
  struct taken *t = data ;
  struct frame_in *in = t->in ;
  if (!(*in->fdops->adopt)(in->fdops->data, fd)) t->result = FRAME_FILL_SHORTAGE ;
  else if (frame_in_isextra(in)) (*in->fdops->unref)(in->fdops->data, fd) ;
  else in->fds[in->fdcount++] = fd ;
}

static enum frame_fill take_fds (struct frame_in *in, struct msghdr *msg)
{
  struct taken t = { .in = in, .result = FRAME_FILL_OK } ;
  unsigned int n ;
  memmove(in->fds, in->fds + in->fdhead, in->fdcount * sizeof(int)) ;
  in->fdhead = 0 ;
  n = rights_take(msg, &take_one, &t) ;
  if (frame_in_isextra(in)) return FRAME_FILL_EXTRA ;
  if (rights_iscut(msg)) return rights_isshort(msg, n) ? FRAME_FILL_SHORTAGE : FRAME_FILL_EXTRA ;
  return t.result ;
}

static unsigned int cut (struct iovec *v, size_t max)
{
  if (v[0].iov_len > max) v[0].iov_len = max ;
  if (v[1].iov_len > max - v[0].iov_len) v[1].iov_len = max - v[0].iov_len ;
  return v[1].iov_len ? 2 : 1 ;
}

 /* What may not come is closed here, at once. */

enum frame_fill frame_in_fill (struct frame_in *in, size_t max)
{
  union rights_room rights ;
  struct iovec v[2] ;
  struct msghdr msg = { .msg_iov = v } ;
  ssize_t r ;
  if (buffer_isfull(&in->receiver.in)) return FRAME_FILL_OK ;
  buffer_wpeek(&in->receiver.in, v) ;
  msg.msg_iovlen = cut(v, max) ;
  r = rights_receive(buffer_fd(&in->receiver.in), &msg, &rights) ;
  if (r == -1) return errno == EAGAIN || errno == EWOULDBLOCK ? FRAME_FILL_AGAIN : FRAME_FILL_ERROR ;
  if (!r) return FRAME_FILL_EOF ;
  buffer_wseek(&in->receiver.in, r) ;
  return msg.msg_controllen || msg.msg_flags & MSG_CTRUNC ? take_fds(in, &msg) : FRAME_FILL_OK ;
}

int frame_in_sniff (struct frame_in const *in, enum frame_dialect *dialect)
{
  struct iovec v[2] ;
  if (buffer_len(&in->receiver.in) < FRAME_SNIFF) return 0 ;
  buffer_rpeek(&in->receiver.in, v) ;
  *dialect = v[0].iov_len >= FRAME_SNIFF ?
    ((char *)v[0].iov_base)[FRAME_SNIFF - 1] ? FRAME_NATIVE : FRAME_S6 :
    ((char *)v[1].iov_base)[FRAME_SNIFF - 1 - v[0].iov_len] ? FRAME_NATIVE : FRAME_S6 ;
  return 1 ;
}

int frame_in_isempty (struct frame_in const *in)
{
  return buffer_isempty(&in->receiver.in) && !is_unfinished(in) ;
}

static enum frame_get get_native (struct frame_in *in, struct frame *f)
{
  struct iovec v ;
  int r = textmessage_receive(&in->receiver, &v) ;
  if (r < 0) return errno == ENOMEM ? FRAME_GET_SHORTAGE : FRAME_GET_BAD ;
  if (!r) return FRAME_GET_NONE ;
  f->s = v.iov_base ;
  f->len = v.iov_len ;
  f->nfds = 0 ;
  return FRAME_GET_OK ;
}

static enum frame_get get_s6_header (struct frame_in *in)
{
  char header[FRAME_S6_HEADER] ;
  uint32_t len ;
  if (buffer_len(&in->receiver.in) < FRAME_S6_HEADER) return FRAME_GET_NONE ;
  buffer_getnofill(&in->receiver.in, header, FRAME_S6_HEADER) ;
  uint32_unpack_big(header, &len) ;
  uint16_unpack_big(header + 4, &in->claimed) ;
  if (!len || len > in->receiver.max || in->claimed > in->fdmax) return FRAME_GET_BAD ;
  if (!stralloc_ready(&in->receiver.indata, len)) return FRAME_GET_SHORTAGE ;
  in->receiver.indata.len = 0 ;
  in->receiver.wanted = len ;
  in->inheader = 1 ;
  return FRAME_GET_OK ;
}

static enum frame_get get_s6 (struct frame_in *in, struct frame *f)
{
  stralloc *body = &in->receiver.indata ;
  if (!in->inheader)
  {
    enum frame_get r = get_s6_header(in) ;
    if (r != FRAME_GET_OK) return r ;
  }
  body->len += buffer_getnofill(&in->receiver.in, body->s + body->len, in->receiver.wanted - body->len) ;
  if (body->len < in->receiver.wanted) return FRAME_GET_NONE ;
  in->inheader = 0 ;
  if (in->claimed > in->fdcount) return FRAME_GET_BAD ;
  f->s = body->s ;
  f->len = body->len ;
  f->nfds = in->claimed ;
  return FRAME_GET_OK ;
}

enum frame_get frame_in_get (struct frame_in *in, struct frame *f)
{
  return in->dialect == FRAME_S6 ? get_s6(in, f) : get_native(in, f) ;
}
