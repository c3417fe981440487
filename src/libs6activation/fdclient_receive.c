/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <errno.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/buffer.h>
#include <skalibs/siovec.h>
#include <skalibs/stralloc.h>
#include <skalibs/textmessage.h>
#include <skalibs/unix-timed.h>

#include "fdclient.h"

enum parsed { PARSED_BAD = -1, PARSED_NOTHING = 0, PARSED_FRAME = 1 } ;

#define receiver(in) (&(in)->holder->client.syncin)

static enum parsed parse_s6_header (struct fdclient_inbox *in)
{
  textmessage_receiver *r = receiver(in) ;
  char header[FRAME_S6_HEADER] ;
  uint32_t len ;
  uint16_t claimed ;
  if (buffer_len(&r->in) < FRAME_S6_HEADER) return PARSED_NOTHING ;
  buffer_getnofill(&r->in, header, FRAME_S6_HEADER) ;
  uint32_unpack_big(header, &len) ;
  uint16_unpack_big(header + 4, &claimed) ;
  if (!len || len > r->max || claimed > in->room) return (errno = EPROTO, PARSED_BAD) ;
  if (!stralloc_ready(&r->indata, len)) return PARSED_BAD ;
  r->indata.len = 0 ;
  r->wanted = len ;
  in->claimed = claimed ;
  in->partial = 1 ;
  return PARSED_FRAME ;
}

static enum parsed parse_s6 (struct fdclient_inbox *in)
{
  textmessage_receiver *r = receiver(in) ;
  if (!in->partial)
  {
    enum parsed header = parse_s6_header(in) ;
    if (header != PARSED_FRAME) return header ;
  }
  r->indata.len += buffer_getnofill(&r->in, r->indata.s + r->indata.len, r->wanted - r->indata.len) ;
  if (r->indata.len < r->wanted) return PARSED_NOTHING ;
  in->partial = 0 ;
  in->frame.iov_base = r->indata.s ;
  in->frame.iov_len = r->indata.len ;
  return PARSED_FRAME ;
}

static enum parsed parse (struct fdclient_inbox *in)
{
  int r ;
  if (in->holder->s6) return parse_s6(in) ;
  r = textmessage_receive(receiver(in), &in->frame) ;
  if (r < 0 && errno != ENOMEM) errno = EPROTO ;
  return r < 0 ? PARSED_BAD : r ? PARSED_FRAME : PARSED_NOTHING ;
}

 /* Queues what has come. -1: more than there may be, or more than this process
    has room for: the kernel has closed the rest. */

static int queue_rights (struct fdclient_inbox *in, struct msghdr *msg)
{
  unsigned int n = 0 ;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(msg) ; c ; c = CMSG_NXTHDR(msg, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
    {
      size_t len = c->cmsg_len - CMSG_LEN(0) ;
      memcpy(in->fds + in->count, CMSG_DATA(c), len) ;
      n += len / sizeof(int) ;
      in->count += len / sizeof(int) ;
    }
  if (!(msg->msg_flags & MSG_CTRUNC)) return 1 ;
  return (errno = n < in->room ? ENFILE : EPROTO, -1) ;
}

 /* One recvmsg. The control buffer has room for what one frame may bring and no
    more, so that the kernel installs no more than there are places for. */

static ssize_t fill (struct fdclient_inbox *in)
{
  union rights_room control ;
  struct iovec v[2] ;
  struct msghdr msg = { .msg_iov = v } ;
  size_t len ;
  ssize_t r ;
  if (in->count + in->room > 2 * WIRE_FDS_MAX) return (errno = EPROTO, -1) ;
  buffer_wpeek(&receiver(in)->in, v) ;
  siovec_trunc(v, 2, in->readmax) ;
  len = siovec_len(v, 2) ;
  msg.msg_iovlen = v[1].iov_len ? 2 : 1 ;
  if (in->room)
  {
    msg.msg_control = control.s ;
    msg.msg_controllen = CMSG_LEN(in->room * sizeof(int)) ;
  }
  do r = recvmsg(fdholder_fd(in->holder), &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) ;
  while (r == -1 && errno == EINTR) ;
  r = sanitize_read(r) ;
  if (r <= 0) return r ;
  buffer_wseek(&receiver(in)->in, r) ;
  if (!in->room && in->readmax < TEXTCLIENT_BUFSIZE) in->readmax -= r ;
  in->asked = (size_t)r == len ;
  return queue_rights(in, &msg) ;
}

 /* The answer to a request that has just left is not there yet: the first thing
    to do is to wait. */

static ssize_t get_by (struct fdclient_inbox *in, enum parsed (*find) (struct fdclient_inbox *))
{
  for (;;)
  {
    ssize_t r = (*find)(in) ;
    if (r) return r ;
    if (!in->asked)
    {
      in->asked = 1 ;
      return 0 ;
    }
    r = fill(in) ;
    if (r <= 0) return r ;
  }
}

static ssize_t get (void *data)
{
  return get_by(data, &parse) ;
}

static enum parsed find_byte (struct fdclient_inbox *in)
{
  return buffer_isempty(&receiver(in)->in) ? PARSED_NOTHING : PARSED_FRAME ;
}

static ssize_t get_byte (void *data)
{
  return get_by(data, &find_byte) ;
}

static int getfd (void *data)
{
  struct fdclient_inbox *in = data ;
  return fdholder_fd(in->holder) ;
}

static int received (struct fdclient_inbox *in, ssize_t r)
{
  if (r > 0) return 1 ;
  if (!r) errno = EPIPE ;
  fdclient_fail(in->holder) ;
  fdclient_inbox_close(in) ;
  return 0 ;
}

int fdclient_receive (struct fdclient_inbox *in, size_t maxbody, unsigned int room, tain const *deadline, tain *stamp)
{
  receiver(in)->max = maxbody ;
  in->room = room ;
  return received(in, timed_get(in, &getfd, &get, deadline, stamp)) ;
}

int fdclient_receive_byte (struct fdclient_inbox *in, char *c, tain const *deadline, tain *stamp)
{
  in->room = 1 ;
  if (!received(in, timed_get(in, &getfd, &get_byte, deadline, stamp))) return 0 ;
  buffer_getnofill(&receiver(in)->in, c, 1) ;
  return 1 ;
}
