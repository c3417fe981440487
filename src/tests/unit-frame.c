/* ISC license. */

/* libfdwire/frame.h, between two ends of a socket: what one puts the other
   gets, in both dialects and however it is cut; and a frame_in owns memory in
   the midst of a message alone. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/uint32.h>

#include "libfdwire/frame.h"
#include "libfdwire/wire.h"
#include "support/tap.h"

enum { MANY = 200, FRAMES = 400, LONGEST = 20000, SMALL = 4096 } ;

static int p[2] ;
static long references ;

static int adopt (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  references++ ;
  return 1 ;
}

static void addref (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  references++ ;
}

static void unref (void *data, int fd)
{
  (void)data ;
  fd_close(fd) ;
  references-- ;
}

static struct frame_fdops const counted = { .adopt = &adopt, .addref = &addref, .unref = &unref } ;

static void begin (struct frame_in *in, struct frame_out *out, enum frame_dialect dialect)
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, p) == -1) tap_bail("socketpair") ;
  frame_in_init(in, &counted) ;
  frame_out_init(out, &frame_fdops_lent) ;
  in->dialect = out->dialect = dialect ;
}

static void end (struct frame_in *in, struct frame_out *out)
{
  frame_in_free(in) ;
  frame_out_free(out) ;
  close(p[0]) ;
  close(p[1]) ;
  tap_ok(!references, "no reference is left: %ld", references) ;
}

 /* The buffer goes back, and somebody else writes to it. */

static int give_back (struct frame_in *in, char *buffer)
{
  int r = frame_in_settle(in) ;
  memset(buffer, 0xff, FRAME_IN_BUFFER) ;
  return r ;
}

static enum frame_fill fill (struct frame_in *in, size_t max)
{
  static char buffer[FRAME_IN_BUFFER] ;
  enum frame_fill r = frame_in_fill(in, p[1], buffer, max) ;
  if (!give_back(in, buffer)) tap_bail("settle") ;
  return r ;
}

static int owns_nothing (struct frame_in const *in)
{
  return !in->kept && in->fds == in->few ;
}

static void send_bytes (char const *s, size_t len)
{
  if (write(p[0], s, len) != (ssize_t)len) tap_bail("write") ;
}

static void check_lent (void)
{
  static char buffer[FRAME_IN_BUFFER] ;
  struct frame_in in ;
  struct frame_out out ;
  struct frame f ;
  begin(&in, &out, FRAME_NATIVE) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_AGAIN && owns_nothing(&in), "who has said nothing costs no memory") ;
  send_bytes("\0\0\0\3abc\0\0\0\3d", 12) ;
  tap_ok(frame_in_fill(&in, p[1], buffer, FRAME_IN_BUFFER) == FRAME_FILL_OK && owns_nothing(&in), "nor do bytes in the buffer that was lent") ;
  tap_ok(frame_in_get(&in, &f) == FRAME_GET_OK && f.len == 3 && f.s == buffer + 4, "a message is where it was received") ;
  tap_ok(frame_in_get(&in, &f) == FRAME_GET_NONE && !frame_in_isempty(&in), "another has begun") ;
  tap_ok(give_back(&in, buffer) && in.room == 5, "its 5 bytes are kept when the buffer goes back: %zu", in.room) ;
  send_bytes("ef", 2) ;
  tap_ok(fill(&in, 1) == FRAME_FILL_OK && frame_in_get(&in, &f) == FRAME_GET_NONE, "with one byte more it is not whole") ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_OK && frame_in_get(&in, &f) == FRAME_GET_OK && f.len == 3 && !memcmp(f.s, "def", 3), "with the last one it is") ;
  tap_ok(frame_in_settle(&in) && owns_nothing(&in), "and leaves no memory") ;
  send_bytes("|x", 2) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_OK && frame_in_getbyte(&in, buffer) && *buffer == '|' && in.len == 1, "a byte outside any frame is taken alone") ;
  end(&in, &out) ;
}

static void check_claims (enum frame_dialect dialect)
{
  struct frame_in in ;
  struct frame_out out ;
  struct frame f ;
  char header[FRAME_S6_HEADER] = "" ;
  begin(&in, &out, dialect) ;
  uint32_pack_big(header, WIRE_REQUEST_MAX + 1) ;
  send_bytes(header, dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_OK && frame_in_get(&in, &f) == FRAME_GET_BAD, "a claim of more than is allowed is refused by its header") ;
  in.len = 0 ;
  frame_in_allow(&in, 0x7fffffff, 1) ;
  uint32_pack_big(header, 0x7fffffff) ;
  send_bytes(header, sizeof(header)) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_OK && frame_in_get(&in, &f) == FRAME_GET_NONE && in.room < 2 * FRAME_IN_BUFFER, "a claim of 2 GiB that is allowed costs %zu bytes", in.room) ;
  end(&in, &out) ;
}

static void check_descriptors (void)
{
  struct frame_in in ;
  struct frame_out out ;
  int fds[MANY] ;
  begin(&in, &out, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < MANY ; i++) fds[i] = p[i & 1] ;
  if (!frame_out_put(&out, "x", 1, fds, 1) || !frame_out_put(&out, "x", 1, fds, 1)) tap_bail("put") ;
  frame_out_flush(&out, p[0], 0) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_OK && frame_in_fdcount(&in) == 1 && in.fds == in.few, "one that may wait needs no memory") ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_EXTRA && frame_in_isextra(&in), "one more is too many") ;
  while (frame_in_fdcount(&in)) unref(0, frame_in_takefd(&in)) ;
  if (!frame_out_put(&out, "x", 1, fds, MANY)) tap_bail("put") ;
  frame_out_flush(&out, p[0], 0) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_EXTRA && references == 2, "of many two are kept, which tells that: %ld", references) ;
  while (frame_in_fdcount(&in)) unref(0, frame_in_takefd(&in)) ;
  if (!frame_out_put(&out, "x", 1, fds, MANY)) tap_bail("put") ;
  frame_out_flush(&out, p[0], 0) ;
  frame_in_allow(&in, WIRE_DUMPFRAME_MAX, MANY) ;
  tap_ok(fill(&in, FRAME_IN_BUFFER) == FRAME_FILL_OK && frame_in_fdcount(&in) == MANY && in.fds != in.few, "where they are allowed all wait: %u", frame_in_fdcount(&in)) ;
  while (frame_in_fdcount(&in) > FRAME_IN_FDS) unref(0, frame_in_takefd(&in)) ;
  tap_ok(frame_in_settle(&in) && in.fds == in.few && frame_in_fdcount(&in) == FRAME_IN_FDS && in.fds[0] < in.fds[1], "when few are left their memory goes") ;
  end(&in, &out) ;
}

 /* Frames of any length, with any number of descriptors, through a socket that
    takes little at a time. */

struct sent
{
  uint32_t len ;
  unsigned int nfds ;
} ;

static int get_some (struct frame_in *in, struct sent const *sent, unsigned int *next, size_t *most)
{
  struct frame f ;
  enum frame_get r = frame_in_get(in, &f) ;
  for (; r == FRAME_GET_OK ; r = frame_in_get(in, &f), ++*next)
  {
    struct sent const *s = sent + *next ;
    if (f.len != s->len || (in->dialect == FRAME_S6 && f.nfds != s->nfds)) return 0 ;
    for (size_t i = 0 ; i < f.len ; i++) if (f.s[i] != (char)(*next + i)) return 0 ;
    for (unsigned int i = 0 ; i < s->nfds ; i++)
    {
      int fd = frame_in_takefd(in) ;
      if (fd < 0) return 0 ;
      unref(0, fd) ;
    }
  }
  if (in->room > *most) *most = in->room ;
  return r == FRAME_GET_NONE ;
}

static void check_round_trip (enum frame_dialect dialect, char const *name)
{
  static struct sent sent[FRAMES] ;
  static char body[LONGEST] ;
  struct frame_in in ;
  struct frame_out out ;
  int fds[WIRE_FDS_MAX] ;
  int small = SMALL ;
  unsigned int next = 0, wrong = 0, turns = 0 ;
  size_t most = 0 ;
  begin(&in, &out, dialect) ;
  setsockopt(p[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) ;
  for (unsigned int i = 0 ; i < WIRE_FDS_MAX ; i++) fds[i] = p[0] ;
  srandom(1) ;
  for (unsigned int i = 0 ; i < FRAMES ; i++)
  {
    sent[i].len = 1 + random() % (random() & 1 ? LONGEST : 20) ;
    sent[i].nfds = random() & 1 ? 0 : random() % (WIRE_FDS_MAX + 1) ;
    for (unsigned int j = 0 ; j < sent[i].len ; j++) body[j] = (char)(i + j) ;
    if (!frame_out_put(&out, body, sent[i].len, fds, sent[i].nfds)) tap_bail("put") ;
  }
  frame_in_allow(&in, LONGEST, 2 * WIRE_FDS_MAX) ;
  for (; next < FRAMES && !wrong && turns < 100 * FRAMES ; turns++)
  {
    enum frame_flush r = frame_out_flush(&out, p[0], 0) ;
    enum frame_fill got = fill(&in, 1 + random() % 10000) ;
    wrong = r == FRAME_FLUSH_ERROR || (got != FRAME_FILL_OK && got != FRAME_FILL_AGAIN) || !get_some(&in, sent, &next, &most) ;
  }
  tap_ok(!wrong, "%s: every frame is as it was, with its descriptors", name) ;
  tap_ok(next == FRAMES && frame_out_isempty(&out), "%s: all come: %u", name, next) ;
  tap_ok(most < 2 * LONGEST + 2 * FRAME_IN_BUFFER, "%s: at most %zu bytes were kept", name, most) ;
  tap_ok(frame_in_settle(&in) && owns_nothing(&in), "%s: and none in the end", name) ;
  tap_ok(out.data.a <= FRAME_OUT_KEPT && !out.fds.a && !out.attachments.a, "%s: nor any of the queue", name) ;
  end(&in, &out) ;
}

int main (void)
{
  check_lent() ;
  check_claims(FRAME_NATIVE) ;
  check_claims(FRAME_S6) ;
  check_descriptors() ;
  check_round_trip(FRAME_NATIVE, "native") ;
  check_round_trip(FRAME_S6, "s6") ;
  return tap_done() ;
}
