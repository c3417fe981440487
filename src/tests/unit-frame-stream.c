/* ISC license. */

/* libfdwire/frame.h, between two ends of a socket: what one puts the other
   gets, in both dialects and however it is cut. */

#include <stdlib.h>
#include <sys/socket.h>

#include "libfdwire/frame.h"
#include "libfdwire/wire.h"
#include "support/framepair.h"
#include "support/tap.h"

enum { FRAMES = 400, LONGEST = 20000, SMALL = 4096 } ;

 /* Frames of any length, with any number of descriptors, through a socket that
    takes little at a time. */

struct sent
{
  uint32_t len ;
  unsigned int nfds ;
} ;

static void put_frames (struct frame_out *out, struct sent *sent)
{
  static char body[LONGEST] ;
  int fds[WIRE_FDS_MAX] ;
  for (unsigned int i = 0 ; i < WIRE_FDS_MAX ; i++) fds[i] = framepair[0] ;
  srandom(1) ;
  for (unsigned int i = 0 ; i < FRAMES ; i++)
  {
    sent[i].len = 1 + random() % (random() & 1 ? LONGEST : 20) ;
    sent[i].nfds = random() & 1 ? 0 : random() % (WIRE_FDS_MAX + 1) ;
    for (unsigned int j = 0 ; j < sent[i].len ; j++) body[j] = (char)(i + j) ;
    if (!frame_out_put(out, body, sent[i].len, fds, sent[i].nfds)) tap_bail("put") ;
  }
}

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
      framepair_drop(fd) ;
    }
  }
  if (in->room > *most) *most = in->room ;
  return r == FRAME_GET_NONE ;
}

 /* What the queue has kept, when all has left. */

static void check_queue (struct frame_out const *out, char const *name)
{
  tap_most(out->data.a, FRAME_OUT_KEPT, "%s: bytes of the queue", name) ;
  tap_ok(out->queue == out->few, "%s: no memory for its descriptors", name) ;
}

static void check_round_trip (enum frame_dialect dialect, char const *name)
{
  static struct sent sent[FRAMES] ;
  struct frame_in in ;
  struct frame_out out ;
  int small = SMALL ;
  unsigned int next = 0, wrong = 0, turns = 0 ;
  size_t most = 0 ;
  framepair_begin(&in, &out, dialect) ;
  setsockopt(framepair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) ;
  put_frames(&out, sent) ;
  frame_in_allow(&in, LONGEST, 2 * WIRE_FDS_MAX) ;
  for (; next < FRAMES && !wrong && turns < 100 * FRAMES ; turns++)
  {
    enum frame_flush r = frame_out_flush(&out, framepair[0], 0) ;
    enum frame_fill got = framepair_fill(&in, 1 + random() % 10000) ;
    wrong = r == FRAME_FLUSH_ERROR || (got != FRAME_FILL_OK && got != FRAME_FILL_AGAIN) || !get_some(&in, sent, &next, &most) ;
  }
  tap_ok(!wrong, "%s: every frame is as it was, with its descriptors", name) ;
  tap_int(next, FRAMES, "%s: all come", name) ;
  tap_ok(frame_out_isempty(&out), "%s: none waits to be sent", name) ;
  tap_most(most, 2 * LONGEST + 2 * FRAME_IN_BUFFER - 1, "%s: at most %zu bytes were kept", name, most) ;
  tap_ok(frame_in_settle(&in), "%s: the buffer goes back", name) ;
  framepair_owns_nothing(&in, name) ;
  check_queue(&out, name) ;
  framepair_end(&in, &out) ;
}

int main (void)
{
  check_round_trip(FRAME_NATIVE, "native") ;
  check_round_trip(FRAME_S6, "s6") ;
  return tap_done() ;
}
