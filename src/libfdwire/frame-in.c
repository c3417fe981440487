/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include "libfdwire/frame.h"
#include "libfdwire/rights.h"

#define header_size(in) ((in)->dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER)

static void use_few (struct frame_in *in)
{
  in->fds = in->few ;
  in->fdhead = 0 ;
  in->fdroom = FRAME_IN_FDS ;
}

void frame_in_init (struct frame_in *in, struct frame_fdops const *fdops, void *owner)
{
  static struct frame_in const zero = { .maxbody = WIRE_REQUEST_MAX, .fdmax = 1, .dialect = FRAME_NATIVE } ;
  *in = zero ;
  in->fdops = fdops ;
  in->owner = owner ;
  use_few(in) ;
}

int frame_in_takefd (struct frame_in *in)
{
  if (!in->fdcount) return -1 ;
  in->fdcount-- ;
  return in->fds[in->fdhead++] ;
}

static void settle_fds (struct frame_in *in)
{
  int *fds = in->fds ;
  if (fds == in->few || in->fdcount > FRAME_IN_FDS) return ;
  memcpy(in->few, fds + in->fdhead, in->fdcount * sizeof(int)) ;
  use_few(in) ;
  free(fds) ;
}

static void drop_bytes (struct frame_in *in)
{
  free(in->kept) ;
  in->kept = 0 ;
  in->len = in->room = 0 ;
}

void frame_in_free (struct frame_in *in)
{
  while (in->fdcount) (*in->fdops->unref)(in->owner, frame_in_takefd(in)) ;
  settle_fds(in) ;
  drop_bytes(in) ;
}

void frame_in_allow (struct frame_in *in, uint32_t maxbody, unsigned int maxfds)
{
  in->maxbody = maxbody ;
  in->fdmax = maxfds ;
}


 /* The queue of descriptors begins at the front when some are received. Beyond
    the few it has memory for all that may come, and one more. */

static void move_to_front (struct frame_in *in)
{
  memmove(in->fds, in->fds + in->fdhead, in->fdcount * sizeof(int)) ;
  in->fdhead = 0 ;
}

static int has_place (struct frame_in *in)
{
  int *fds ;
  if (in->fdcount < in->fdroom) return 1 ;
  fds = realloc(in->fds == in->few ? 0 : in->fds, (in->fdmax + 1) * sizeof(int)) ;
  if (!fds) return 0 ;
  if (in->fds == in->few) memcpy(fds, in->few, in->fdcount * sizeof(int)) ;
  in->fds = fds ;
  in->fdroom = in->fdmax + 1 ;
  return 1 ;
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
  if (!(*in->fdops->adopt)(in->owner, fd)) t->result = FRAME_FILL_SHORTAGE ;
  else if (!frame_in_isextra(in) && has_place(in)) in->fds[in->fdcount++] = fd ;
  else
  {
    if (!frame_in_isextra(in)) t->result = FRAME_FILL_NOMEMORY ;
    (*in->fdops->unref)(in->owner, fd) ;
  }
}

static enum frame_fill take_fds (struct frame_in *in, struct msghdr *msg)
{
  struct taken t = { .in = in, .result = FRAME_FILL_OK } ;
  unsigned int n ;
  move_to_front(in) ;
  n = rights_take(msg, &take_one, &t) ;
  if (frame_in_isextra(in)) return FRAME_FILL_EXTRA ;
  if (rights_iscut(msg)) return rights_isshort(msg, n) ? FRAME_FILL_SHORTAGE : FRAME_FILL_EXTRA ;
  return t.result ;
}


static int grow (struct frame_in *in, size_t room)
{
  size_t head = in->kept ? (size_t)(in->s - in->kept) : 0 ;
  char *s = realloc(in->kept, room) ;
  if (!s) return 0 ;
  if (!in->kept) memcpy(s, in->s, in->len) ;
  in->s = s + head ;
  in->kept = s ;
  in->room = room ;
  return 1 ;
}

 /* Where the next bytes go: to the buffer as long as all are there, else behind
    those that are kept, at first as many again. 0: no memory. */

static char *find_room (struct frame_in *in, char *buffer, size_t *room)
{
  *room = FRAME_IN_BUFFER ;
  if (!in->kept && !in->len) return buffer ;
  if (in->kept && in->s != in->kept)
  {
    memmove(in->kept, in->s, in->len) ;
    in->s = in->kept ;
  }
  if (in->len >= in->room && !grow(in, in->len + (in->len > FRAME_IN_BUFFER ? in->len : FRAME_IN_BUFFER))) return 0 ;
  *room = in->room - in->len ;
  return in->kept + in->len ;
}

enum frame_fill frame_in_fill (struct frame_in *in, int fd, char *buffer, size_t max)
{
  union rights_room rights ;
  struct iovec v ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  ssize_t r ;
  if (in->len >= header_size(in) + in->maxbody) return FRAME_FILL_OK ;
  v.iov_base = find_room(in, buffer, &v.iov_len) ;
  if (!v.iov_base) return FRAME_FILL_NOMEMORY ;
  if (v.iov_len > max) v.iov_len = max ;
  r = rights_receive(fd, &msg, &rights) ;
  if (r == -1) return errno == EAGAIN || errno == EWOULDBLOCK ? FRAME_FILL_AGAIN : FRAME_FILL_ERROR ;
  if (!r) return FRAME_FILL_EOF ;
  if (!in->len) in->s = v.iov_base ;
  in->len += r ;
  return msg.msg_controllen || rights_iscut(&msg) ? take_fds(in, &msg) : FRAME_FILL_OK ;
}

int frame_in_settle (struct frame_in *in)
{
  int ok = !in->len || in->kept || grow(in, in->len) ;
  settle_fds(in) ;
  if (!ok || !in->len) drop_bytes(in) ;
  return ok ;
}


int frame_in_sniff (struct frame_in const *in, enum frame_dialect *dialect)
{
  if (in->len < FRAME_SNIFF) return 0 ;
  *dialect = in->s[FRAME_SNIFF - 1] ? FRAME_NATIVE : FRAME_S6 ;
  return 1 ;
}

static void consume (struct frame_in *in, size_t n)
{
  in->s += n ;
  in->len -= n ;
}

int frame_in_getbyte (struct frame_in *in, char *c)
{
  if (!in->len) return 0 ;
  *c = *in->s ;
  consume(in, 1) ;
  return 1 ;
}

size_t frame_in_missing (struct frame_in const *in)
{
  size_t header = header_size(in) ;
  uint32_t len ;
  if (in->len < header) return header - in->len ;
  uint32_unpack_big(in->s, &len) ;
  return len <= in->maxbody && in->len < header + len ? header + len - in->len : 1 ;
}

enum frame_get frame_in_get (struct frame_in *in, struct frame *f)
{
  size_t header = header_size(in) ;
  uint32_t len ;
  uint16_t claimed = 0 ;
  if (in->len < header) return FRAME_GET_NONE ;
  uint32_unpack_big(in->s, &len) ;
  if (in->dialect == FRAME_S6) uint16_unpack_big(in->s + FRAME_NATIVE_HEADER, &claimed) ;
  if ((!len && in->dialect == FRAME_S6) || len > in->maxbody || claimed > in->fdmax) return FRAME_GET_BAD ;
  if (in->len - header < len) return FRAME_GET_NONE ;
  if (claimed > in->fdcount) return FRAME_GET_BAD ;
  f->s = in->s + header ;
  f->len = len ;
  f->nfds = claimed ;
  consume(in, header + len) ;
  return FRAME_GET_OK ;
}
