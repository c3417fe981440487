/* ISC license. */

/* Any bytes as a kept state. The first byte chooses: as they are, or with a
   digest that is theirs, so that what is behind it is reached. What is good is
   good when it is packed again. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "libfdholderd/state-internal.h"
#include "libfdwire/wire-state.h"
#include "support/fuzz.h"

static void must (int condition)
{
  if (!condition) abort() ;
}

struct copy
{
  char *s ;
  size_t len ;
  struct wire_state_entry last ;
  int haslast ;
} ;

#define pack(name, type) \
static int name (void *data, struct wire_state_##type const *x) \
{ \
  struct copy *c = data ; \
  c->len += wire_state_pack_##type(c->s + c->len, x) ; \
  return 1 ; \
}

pack(put_helper, helper)
pack(put_connection, connection)
pack(put_closing, closing)

static int put_entry (void *data, struct wire_state_entry const *x)
{
  struct copy *c = data ;
  c->len += wire_state_pack_entry(c->s + c->len, x, c->haslast ? &c->last : 0) ;
  c->last = *x ;
  return c->haslast = 1 ;
}


static enum state_verdict load (struct state *st, char const *s, size_t len)
{
  char const *why ;
  enum state_verdict verdict ;
  int fd = memfd_create("state", MFD_CLOEXEC) ;
  must(fd >= 0 && write(fd, s, len) == (ssize_t)len) ;
  verdict = state_load(st, fd, 0, &why) ;
  close(fd) ;
  must(verdict != STATE_UNREADABLE && !why == (verdict == STATE_GOOD)) ;
  return verdict ;
}

static void pack_again (struct state const *st)
{
  static struct state_visitor const visitor = { .helper = &put_helper, .entry = &put_entry, .connection = &put_connection, .closing = &put_closing } ;
  struct state again = STATE_ZERO ;
  struct copy c = { .s = malloc(st->bytes.len) } ;
  must(!!c.s) ;
  c.len = wire_state_pack_head(c.s, &st->head) ;
  must(state_walk(st, &visitor, &c) == STATE_WALK_DONE) ;
  must(c.len + WIRE_STATE_DIGEST == st->bytes.len) ;
  wire_state_seal(c.s + c.len, c.s, c.len) ;
  must(load(&again, c.s, c.len + WIRE_STATE_DIGEST) == STATE_GOOD) ;
  state_free(&again) ;
  free(c.s) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  struct state st = STATE_ZERO ;
  char *s ;
  if (!len) return 0 ;
  s = malloc(len + WIRE_STATE_DIGEST) ;
  must(!!s) ;
  memcpy(s, input + 1, --len) ;
  if (*input & 1)
  {
    wire_state_seal(s + len, s, len) ;
    len += WIRE_STATE_DIGEST ;
  }
  if (load(&st, s, len) == STATE_GOOD) pack_again(&st) ;
  state_free(&st) ;
  free(s) ;
  return 0 ;
}

FUZZ_MAIN()
