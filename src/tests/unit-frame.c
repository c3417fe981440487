/* ISC license. */

/* libfdwire/frame.h: a frame_in owns memory in the midst of a message alone,
   refuses what is not allowed, and keeps as many descriptors as may come.
   unit-frame-stream.c has what goes through whole. */

#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include "libfdwire/frame.h"
#include "libfdwire/wire.h"
#include "support/framepair.h"
#include "support/tap.h"

enum { MANY = 200 } ;

 /* Points: what was received, and what there is to get of it. */

static void check_filled (enum frame_fill got, enum frame_fill want, char const *name)
{
  tap_int(got, want, "%s: receiving", name) ;
}

static void check_got (struct frame_in *in, struct frame *f, enum frame_get want, char const *name)
{
  tap_int(frame_in_get(in, f), want, "%s: getting", name) ;
}

static void send_bytes (char const *s, size_t len)
{
  if (write(framepair[0], s, len) != (ssize_t)len) tap_bail("write") ;
}

 /* The rest of a message of which the first byte is kept. */

static void end_lent (struct frame_in *in, char *buffer)
{
  struct frame f ;
  send_bytes("ef", 2) ;
  check_filled(framepair_fill(in, 1), FRAME_FILL_OK, "one byte more") ;
  check_got(in, &f, FRAME_GET_NONE, "with one byte more it is not whole") ;
  check_filled(framepair_fill(in, FRAME_IN_BUFFER), FRAME_FILL_OK, "the last one") ;
  if (tap_int(frame_in_get(in, &f), FRAME_GET_OK, "with the last one it is whole"))
    tap_bytes(f.s, f.len, "def", 3, "and what was sent") ;
  tap_ok(frame_in_settle(in), "the buffer goes back again") ;
  framepair_owns_nothing(in, "a message that was got") ;
  send_bytes("|x", 2) ;
  check_filled(framepair_fill(in, FRAME_IN_BUFFER), FRAME_FILL_OK, "a byte outside any frame") ;
  if (tap_ok(frame_in_getbyte(in, buffer), "it is taken")) tap_int(*buffer, '|', "as it is") ;
  tap_int(in->len, 1, "and alone") ;
}

static void check_lent (void)
{
  static char buffer[FRAME_IN_BUFFER] ;
  struct frame_in in ;
  struct frame_out out ;
  struct frame f ;
  framepair_begin(&in, &out, FRAME_NATIVE) ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_AGAIN, "who has said nothing") ;
  framepair_owns_nothing(&in, "who has said nothing") ;
  send_bytes("\0\0\0\3abc\0\0\0\3d", 12) ;
  check_filled(frame_in_fill(&in, framepair[1], buffer, FRAME_IN_BUFFER), FRAME_FILL_OK, "bytes in the buffer that was lent") ;
  framepair_owns_nothing(&in, "bytes in the buffer that was lent") ;
  check_got(&in, &f, FRAME_GET_OK, "a message") ;
  tap_int(f.len, 3, "it has its length") ;
  tap_ok(f.s == buffer + 4, "and is where it was received") ;
  check_got(&in, &f, FRAME_GET_NONE, "another that has begun") ;
  tap_ok(!frame_in_isempty(&in), "it is there") ;
  tap_ok(framepair_settle(&in, buffer), "the buffer goes back") ;
  tap_int(in.room, 5, "and its 5 bytes are kept") ;
  end_lent(&in, buffer) ;
  framepair_end(&in, &out) ;
}

static void check_claims (enum frame_dialect dialect)
{
  struct frame_in in ;
  struct frame_out out ;
  struct frame f ;
  char header[FRAME_S6_HEADER] = "" ;
  framepair_begin(&in, &out, dialect) ;
  uint32_pack_big(header, WIRE_REQUEST_MAX + 1) ;
  send_bytes(header, dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER) ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_OK, "a claim of more than is allowed") ;
  check_got(&in, &f, FRAME_GET_BAD, "it is refused by its header") ;
  in.len = 0 ;
  frame_in_allow(&in, 0x7fffffff, 1) ;
  uint32_pack_big(header, 0x7fffffff) ;
  send_bytes(header, sizeof(header)) ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_OK, "a claim of 2 GiB that is allowed") ;
  check_got(&in, &f, FRAME_GET_NONE, "a claim of 2 GiB that is allowed") ;
  tap_most(in.room, 2 * FRAME_IN_BUFFER - 1, "it costs %zu bytes", in.room) ;
  framepair_end(&in, &out) ;
}

static void check_few_left (struct frame_in *in)
{
  tap_ok(frame_in_settle(in), "when few are left the buffer goes back") ;
  tap_ok(in->fds == in->few, "their memory goes") ;
  if (tap_int(frame_in_fdcount(in), FRAME_IN_FDS, "and they stay"))
    tap_least(in->fds[1], in->fds[0] + 1, "in their order") ;
}

static void check_descriptors (void)
{
  struct frame_in in ;
  struct frame_out out ;
  int fds[MANY] ;
  framepair_begin(&in, &out, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < MANY ; i++) fds[i] = framepair[i & 1] ;
  if (!frame_out_put(&out, "x", 1, fds, 1) || !frame_out_put(&out, "x", 1, fds, 1)) tap_bail("put") ;
  frame_out_flush(&out, framepair[0], 0) ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_OK, "a descriptor that may wait") ;
  tap_int(frame_in_fdcount(&in), 1, "it waits") ;
  tap_ok(in.fds == in.few, "and needs no memory") ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_EXTRA, "one more") ;
  tap_ok(frame_in_isextra(&in), "it is too many") ;
  while (frame_in_fdcount(&in)) framepair_drop(frame_in_takefd(&in)) ;
  if (!frame_out_put(&out, "x", 1, fds, MANY)) tap_bail("put") ;
  frame_out_flush(&out, framepair[0], 0) ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_EXTRA, "many") ;
  tap_int(framepair_references, 2, "of which two are kept, which tells that") ;
  while (frame_in_fdcount(&in)) framepair_drop(frame_in_takefd(&in)) ;
  if (!frame_out_put(&out, "x", 1, fds, MANY)) tap_bail("put") ;
  frame_out_flush(&out, framepair[0], 0) ;
  frame_in_allow(&in, WIRE_DUMPFRAME_MAX, MANY) ;
  check_filled(framepair_fill(&in, FRAME_IN_BUFFER), FRAME_FILL_OK, "many where they are allowed") ;
  tap_int(frame_in_fdcount(&in), MANY, "all wait") ;
  tap_ok(in.fds != in.few, "in memory of their own") ;
  while (frame_in_fdcount(&in) > FRAME_IN_FDS) framepair_drop(frame_in_takefd(&in)) ;
  check_few_left(&in) ;
  framepair_end(&in, &out) ;
}

int main (void)
{
  check_lent() ;
  check_claims(FRAME_NATIVE) ;
  check_claims(FRAME_S6) ;
  check_descriptors() ;
  return tap_done() ;
}
