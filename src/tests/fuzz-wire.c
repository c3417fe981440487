/* ISC license. */

/* Any bytes as the body of a message, through each reader. The first byte
   chooses: a request, entries, a list, the numbers of a reply, an event, or what a
   keeper is told. What has been read as one of those with a packer is the same when
   it is packed again. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libfdwire/wire.h"
#include "libfdwire/wire-keep.h"
#include "support/fuzz.h"

static void must (int condition)
{
  if (!condition) abort() ;
}

static void pack_again (struct wire_request const *request, char const *s, size_t len)
{
  char packed[WIRE_REQUEST_MAX] ;
  struct wire_id const *id = &request->entry.id ;
  size_t n ;
  switch (request->verb)
  {
    case WIRE_STORE : n = wire_pack_store(packed, &request->entry.limit, id->s, id->len) ; break ;
    case WIRE_REPLACE : n = wire_pack_replace(packed, &request->entry.limit, id->s, id->len) ; break ;
    case WIRE_DELETE : n = wire_pack_delete(packed, id->s, id->len) ; break ;
    case WIRE_RETRIEVE : n = wire_pack_retrieve(packed, request->flags, id->s, id->len) ; break ;
    case WIRE_SETDUMP : n = wire_pack_setdump(packed, request->total, request->flags) ; break ;
    default : return ;
  }
  must(n == len) ;
  must(request->verb == WIRE_STORE || request->verb == WIRE_REPLACE || !memcmp(packed, s, len)) ;
}

static void read_request (char const *s, size_t len)
{
  struct wire_request request ;
  int e = wire_unpack_request(&request, s, len) ;
  must(!e || e == EPROTO || e == ENOSYS || e == EINVAL || e == ENAMETOOLONG) ;
  must(e != EPROTO || !request.nfds) ;
  if (e) return ;
  if (request.entry.id.s) must(!wire_id_check(request.entry.id.s, request.entry.id.len)) ;
  pack_again(&request, s, len) ;
}

static void read_entries (char const *s, size_t len)
{
  struct wire_reader r ;
  struct wire_entry entry ;
  wire_reader_init(&r, s, len) ;
  while (wire_get_entry(&r, &entry))
  {
    must(entry.id.s + entry.id.len < s + len && !entry.id.s[entry.id.len]) ;
    must(entry.limit.nano < 1000000000) ;
  }
  must(wire_reader_isempty(&r)) ;
}

static void read_list (char const *s, size_t len)
{
  struct wire_reader r ;
  char const *id ;
  size_t idlen ;
  wire_reader_init(&r, s, len) ;
  while (wire_get_string(&r, &id, &idlen)) must(id + idlen < s + len && strlen(id) == idlen) ;
  must(wire_reader_isempty(&r)) ;
}

static void read_reply (char const *s, size_t len)
{
  struct wire_reader r ;
  struct wire_reader copy ;
  uint32_t number, total ;
  int e ;
  wire_reader_init(&r, s, len) ;
  copy = r ;
  if (wire_unpack_list_reply(&copy, &number)) must(copy.s + copy.len == s + len && copy.len >= 2 * (size_t)number) ;
  copy = r ;
  must(!wire_unpack_getdump_reply(&copy, &number, &total) || (number <= total && len == 8)) ;
  copy = r ;
  must(!wire_unpack_setdump_reply(&copy, &number) || len == 4) ;
  must(!wire_get_error(&r, &e) || e) ;
  while (wire_get_u32(&r, &number)) len -= 4 ;
  must(wire_reader_isempty(&r)) ;
}

 /* Times are clamped, so that only what was read is packed to the same bytes twice. */

static void read_event (char const *s, size_t len)
{
  struct wire_event event, again ;
  char packed[2][WIRE_EVENT_MAX] ;
  if (!wire_unpack_event(&event, s, len)) return ;
  must(event.kind == s[0] && event.when.nano < 1000000000 && len <= WIRE_EVENT_MAX) ;
  must(event.kind == WIRE_EVENT_LOST ? !event.id.s && !event.id.len : !wire_id_check(event.id.s, event.id.len)) ;
  if (event.id.s) must(event.id.s > s && event.id.s + event.id.len + 1 == s + len && !event.id.s[event.id.len]) ;
  must(wire_pack_event(packed[0], event.kind, &event.when, event.id.s, event.id.len) == len) ;
  must(wire_unpack_event(&again, packed[0], len)) ;
  must(wire_pack_event(packed[1], again.kind, &again.when, again.id.s, again.id.len) == len) ;
  must(!memcmp(packed[0], packed[1], len) && packed[0][0] == s[0]) ;
  must(!memcmp(packed[0] + 1 + TAIN_PACK, s + 1 + TAIN_PACK, len - 1 - TAIN_PACK)) ;
}

 /* Times as above. */

static void read_keep (char const *s, size_t len)
{
  struct wire_keep m, again ;
  char packed[2][WIRE_KEEP_MAX] ;
  size_t times = 0 ;
  if (!wire_keep_unpack(&m, s, len)) return ;
  must(len <= WIRE_KEEP_MAX && m.islast == s[0] && m.kind == s[1]) ;
  must(m.kind == WIRE_KEEP_NOTHING ? m.islast && !m.id.s && !m.id.len : !wire_id_check(m.id.s, m.id.len)) ;
  if (m.id.s) must(m.id.s > s && m.id.s + m.id.len + 1 == s + len && !m.id.s[m.id.len]) ;
  if (m.kind == WIRE_KEEP_HOLD)
  {
    must(m.limit.nano < 1000000000 && m.stored.nano < 1000000000 && m.pid >= 0) ;
    times = 2 * TAIN_PACK ;
  }
  must(wire_keep_nfds(&m) == !!times) ;
  must(wire_keep_pack(packed[0], &m) == len && wire_keep_unpack(&again, packed[0], len)) ;
  must(wire_keep_pack(packed[1], &again) == len && !memcmp(packed[0], packed[1], len)) ;
  must(!memcmp(packed[0], s, 2) && !memcmp(packed[0] + 2 + times, s + 2 + times, len - 2 - times)) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  static void (*const readers[]) (char const *, size_t) = { &read_request, &read_entries, &read_list, &read_reply, &read_event, &read_keep } ;
  if (!len) return 0 ;
  (*readers[*input % (sizeof(readers) / sizeof(*readers))])((char const *)input + 1, len - 1) ;
  return 0 ;
}

FUZZ_MAIN()
