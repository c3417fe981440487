/* ISC license. */

/* What a worker tells its keeper: each message there and back, and what is none. */

#include <stdio.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libfdwire/wire-keep.h"
#include "support/tap.h"

enum { NANO = 123456789 } ;

static char s[WIRE_KEEP_MAX + 1] ;

static size_t pack (char kind, int islast, char const *id, size_t len)
{
  struct wire_keep m = { .kind = kind, .islast = (uint8_t)islast, .uid = 4000000000U, .pid = 4194304, .id = { .s = id, .len = (uint8_t)len } } ;
  tain_uint(&m.limit, 77) ;
  m.limit.nano = NANO ;
  tain_uint(&m.stored, 55) ;
  return wire_keep_pack(s, &m) ;
}

static void there_and_back (char kind, int islast, char const *id)
{
  struct wire_keep m ;
  size_t len = pack(kind, islast, id, id ? strlen(id) : 0) ;
  if (!tap_int(wire_keep_unpack(&m, s, len), 1, "%c, last %d, %zu bytes", kind, islast, len)) return ;
  tap_int(m.kind, kind, "its kind") ;
  tap_int(m.islast, islast, "whether it is the last one") ;
  tap_int(wire_keep_nfds(&m), kind == WIRE_KEEP_HOLD, "its descriptors") ;
  tap_string(m.id.s, id, "its id") ;
  if (kind != WIRE_KEEP_HOLD) return ;
  tap_int(m.limit.nano, NANO, "its limit") ;
  tap_ok(tain_less(&m.stored, &m.limit), "when it was stored") ;
  tap_int(m.uid, 4000000000U, "by whom") ;
  tap_int(m.pid, 4194304, "and which process") ;
}

static void is_none (size_t len, char const *name)
{
  struct wire_keep m ;
  tap_int(wire_keep_unpack(&m, s, len), 0, "%s", name) ;
}

static void cut (char kind, char const *id)
{
  struct wire_keep m ;
  size_t len = pack(kind, 1, id, id ? strlen(id) : 0) ;
  unsigned int understood = 0 ;
  for (size_t n = 0 ; n < len ; n++) understood += (unsigned int)wire_keep_unpack(&m, s, n) ;
  tap_int(understood, 0, "%c: nothing that is shorter is one", kind) ;
  s[len] = 0 ;
  is_none(len + 1, "nor what is longer") ;
}

int main (void)
{
  static char const longest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde" ;
  size_t len ;
  for (int islast = 0 ; islast < 2 ; islast++)
  {
    there_and_back(WIRE_KEEP_HOLD, islast, "x") ;
    there_and_back(WIRE_KEEP_HOLD, islast, longest) ;
    there_and_back(WIRE_KEEP_DROP, islast, longest) ;
  }
  there_and_back(WIRE_KEEP_NOTHING, 1, 0) ;
  tap_int((intmax_t)pack(WIRE_KEEP_HOLD, 1, longest, WIRE_ID_MAX), WIRE_KEEP_MAX, "the longest one") ;
  cut(WIRE_KEEP_HOLD, "x") ;
  cut(WIRE_KEEP_DROP, "x") ;
  cut(WIRE_KEEP_NOTHING, 0) ;
  len = pack(WIRE_KEEP_DROP, 1, "x", 1) ;
  s[0] = 2 ;
  is_none(len, "last: 2") ;
  s[0] = 1 ;
  s[1] = 'X' ;
  is_none(len, "another letter") ;
  s[1] = WIRE_KEEP_DROP ;
  s[3] = 0 ;
  is_none(len, "an id with a NUL in it") ;
  is_none(pack(WIRE_KEEP_DROP, 1, "", 0), "an id of no bytes") ;
  is_none(pack(WIRE_KEEP_HOLD, 1, "", 0), "held, under an id of no bytes") ;
  is_none(pack(WIRE_KEEP_NOTHING, 0, 0, 0), "nothing, and more to come") ;
  return tap_done() ;
}
