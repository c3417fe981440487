/* ISC license. */

 /* wire.h: every packer is read back, every truncation is refused, and the
    bytes are those of fdholder-protocol(7). */

#include <errno.h>
#include <string.h>

#include <skalibs/tai.h>
#include <skalibs/uint32.h>

#include "support/tap.h"
#include "libfdwire/wire.h"

static char longest[WIRE_ID_MAX + 1] ;
static tain const moment = { .sec = { .x = 0x400000006789abcdULL }, .nano = 123456789 } ;

static void golden_bytes (void)
{
  static char const store[] = "S\x40\0\0\0\x67\x89\xab\xcd\x07\x5b\xcd\x15\x02" "ab" ;
  char s[WIRE_REQUEST_MAX] ;
  tap_ok(wire_pack_store(s, &moment, "ab", 2) == sizeof(store) && !memcmp(s, store, sizeof(store)), "a store request has its bytes") ;
  tap_ok(wire_pack_delete(s, "ab", 2) == 5 && !memcmp(s, "D\2ab", 5), "a delete request has its bytes") ;
  tap_ok(wire_pack_retrieve(s, 1, "ab", 2) == 6 && !memcmp(s, "R\1\2ab", 6), "a retrieve request has its bytes") ;
  tap_ok(wire_pack_setdump(s, 0x01020304) == 5 && !memcmp(s, "!\1\2\3\4", 5), "a setdump request has its bytes") ;
  tap_ok(wire_pack_verb(s, WIRE_PUTBACK) == WIRE_VERB_PACK && *s == 'B', "a request without arguments is its letter") ;
  tap_ok(wire_pack_error(s, EBUSY) == WIRE_ERROR_PACK && *s == EBUSY, "an error is its errno") ;
  tap_ok(wire_pack_list_header(s, 258) == WIRE_LIST_HEADER_PACK && !memcmp(s, "\0\0\0\1\2", 5), "a list answer begins with its bytes") ;
  tap_ok(wire_pack_getdump_reply(s, 254) == WIRE_GETDUMP_REPLY_PACK && !memcmp(s, "\0\0\0\0\2\0\0\0\xfe", 9), "a getdump answer has its bytes") ;
  tap_ok(wire_pack_setdump_reply(s, 253) == WIRE_SETDUMP_REPLY_PACK && !memcmp(s, "\0\0\0\0\1", 5), "a setdump answer has its bytes") ;
}

static void round_trips (void)
{
  char s[WIRE_REQUEST_MAX] ;
  struct wire_request req ;
  size_t len = wire_pack_store(s, &moment, longest, WIRE_ID_MAX) ;
  tap_ok(len == WIRE_REQUEST_MAX, "the longest request is as long as the bound") ;
  tap_ok(!wire_unpack_request(&req, s, len) && req.verb == WIRE_STORE && req.entry.id.len == WIRE_ID_MAX
    && !strcmp(req.entry.id.s, longest) && !memcmp(&req.entry.limit.sec, &moment.sec, sizeof(moment.sec)) && req.entry.limit.nano == moment.nano, "store is read back") ;
  len = wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x y", 3) ;
  tap_ok(!wire_unpack_request(&req, s, len) && req.verb == WIRE_RETRIEVE && req.flags == WIRE_RETRIEVE_DELETE && !strcmp(req.entry.id.s, "x y"), "retrieve is read back") ;
  len = wire_pack_setdump(s, 70000) ;
  tap_ok(!wire_unpack_request(&req, s, len) && req.verb == WIRE_SETDUMP && req.total == 70000, "setdump is read back") ;
  tap_ok(!wire_unpack_request(&req, "L", 1) && req.verb == WIRE_LIST, "list is read back") ;
  tap_ok(!wire_unpack_request(&req, "?", 1) && req.verb == WIRE_GETDUMP, "getdump is read back") ;
  tap_ok(!wire_unpack_request(&req, "A", 1) && req.verb == WIRE_ACKNOWLEDGE, "an acknowledgement is read back") ;
}

static void truncations (void)
{
  char s[WIRE_REQUEST_MAX + 1] ;
  struct wire_request req ;
  size_t sizes[4] ;
  unsigned int bad = 0 ;
  char requests[4][64] ;
  sizes[0] = wire_pack_store(requests[0], &moment, "abc", 3) ;
  sizes[1] = wire_pack_delete(requests[1], "abc", 3) ;
  sizes[2] = wire_pack_retrieve(requests[2], 0, "abc", 3) ;
  sizes[3] = wire_pack_setdump(requests[3], 1) ;
  for (unsigned int i = 0 ; i < 4 ; i++)
  {
    for (size_t len = 0 ; len < sizes[i] ; len++)
      if (wire_unpack_request(&req, requests[i], len) != EPROTO) bad++ ;
    memcpy(s, requests[i], sizes[i]) ;
    s[sizes[i]] = 0 ;
    if (wire_unpack_request(&req, s, sizes[i] + 1) != EPROTO) bad++ ;
  }
  tap_ok(!bad, "every request that is cut short or has a byte too many is refused") ;
  tap_ok(wire_unpack_request(&req, "L\0", 2) == EPROTO, "list takes no argument") ;
  tap_ok(wire_unpack_request(&req, "", 0) == EPROTO, "an empty request is refused") ;
  tap_ok(wire_unpack_request(&req, "W", 1) == ENOSYS, "an unknown verb is known to be unknown") ;
}

static void ids (void)
{
  struct wire_request req ;
  tap_ok(wire_unpack_request(&req, "D\0\0", 3) == EINVAL, "an empty id is invalid") ;
  tap_ok(wire_unpack_request(&req, "D\3a\0b\0", 6) == EINVAL, "an id with a NUL inside is invalid") ;
  tap_ok(wire_unpack_request(&req, "D\2abc", 5) == EPROTO, "an id without its NUL is not a request") ;
  tap_ok(wire_id_check("", 0) == EINVAL && wire_id_check("a\0b", 3) == EINVAL, "the validator refuses nothing and NUL") ;
  tap_ok(!wire_id_check(longest, WIRE_ID_MAX) && wire_id_check("x", 1) == 0, "the validator takes 1 and 255 bytes") ;
  {
    char toolong[WIRE_ID_MAX + 1] ;
    memset(toolong, 'x', sizeof(toolong)) ;
    tap_ok(wire_id_check(toolong, sizeof(toolong)) == ENAMETOOLONG, "the validator refuses 256 bytes") ;
  }
}

static void readers (void)
{
  struct wire_reader r ;
  struct wire_entry entry ;
  char const *s ;
  size_t len ;
  char dump[2 * WIRE_ENTRY_MAX] ;
  size_t n = wire_pack_entry(dump, &moment, "one", 3) ;
  int e ;
  tain t ;
  n += wire_pack_entry(dump + n, &moment, "two", 3) ;
  wire_reader_init(&r, dump, n) ;
  tap_ok(wire_get_entry(&r, &entry) && !strcmp(entry.id.s, "one") && wire_get_entry(&r, &entry) && !strcmp(entry.id.s, "two") && wire_reader_isempty(&r), "entries are consumed one after the other") ;
  wire_reader_init(&r, "ab\0c", 5) ;
  tap_ok(wire_get_string(&r, &s, &len) && len == 2 && wire_get_string(&r, &s, &len) && !strcmp(s, "c") && !wire_get_string(&r, &s, &len), "strings end with the reader") ;
  wire_reader_init(&r, "ab", 2) ;
  tap_ok(!wire_get_string(&r, &s, &len) && wire_reader_isempty(&r), "a string without its NUL fails and leaves nothing to read") ;
  wire_reader_init(&r, "", 0) ;
  tap_ok(wire_get_error(&r, &e) && e == EPROTO, "no reply at all is a protocol error") ;
  wire_reader_init(&r, "\x40\0\0\0\0\0\0\0\xff\xff\xff\xff", 12) ;
  tap_ok(wire_get_tain(&r, &t) && t.nano == 999999999, "a billion nanoseconds and more are clamped") ;
}

static void descriptors (void)
{
  static char dump[WIRE_DUMPFRAME_MAX] ;
  struct wire_request req ;
  size_t len = wire_pack_store(dump, &moment, "ab", 2) ;
  unsigned int n = WIRE_FDS_MAX + 10 ;
  tap_ok(!wire_unpack_request(&req, dump, len) && req.nfds == 1, "a store has one descriptor: %u", req.nfds) ;
  tap_ok(wire_unpack_request(&req, dump, len - 1) == EPROTO && !req.nfds, "what is no request has none: %u", req.nfds) ;
  dump[len - 2] = 0 ;
  tap_ok(wire_unpack_request(&req, dump, len) == EINVAL && req.nfds == 1, "one with a bad id has it, too: %u", req.nfds) ;
  tap_ok(!wire_unpack_request(&req, "D\2ab", 5) && !req.nfds, "a delete has none: %u", req.nfds) ;
  tap_ok(wire_unpack_request(&req, "W", 1) == ENOSYS && !req.nfds, "nor has what is unknown: %u", req.nfds) ;
  len = wire_pack_verb(dump, WIRE_DUMPFRAME) ;
  tap_ok(!wire_unpack_request(&req, dump, len) && !req.nfds, "nor an empty frame: %u", req.nfds) ;
  for (unsigned int i = 0 ; i < 3 ; i++) len += wire_pack_entry(dump + len, &moment, "ab", 2) ;
  tap_ok(!wire_unpack_request(&req, dump, len) && req.nfds == 3, "a frame has one for each entry: %u", req.nfds) ;
  tap_ok(!wire_unpack_request(&req, dump, len - 1) && req.nfds == 2, "that is whole: %u", req.nfds) ;
  for (unsigned int i = 3 ; i < n ; i++) len += wire_pack_entry(dump + len, &moment, "ab", 2) ;
  tap_ok(!wire_unpack_request(&req, dump, len) && req.nfds == WIRE_FDS_MAX + 1, "more than a message can have is one more: %u", req.nfds) ;
}

static int reads_numbers (char const *s, size_t len, int isdump)
{
  struct wire_reader r ;
  uint32_t frames, total ;
  wire_reader_init(&r, s, len) ;
  return isdump ? wire_unpack_getdump_reply(&r, &frames, &total) : wire_unpack_setdump_reply(&r, &frames) ;
}

static void replies (void)
{
  char s[WIRE_GETDUMP_REPLY_PACK] ;
  struct wire_reader r ;
  uint32_t frames, total ;
  int e ;
  wire_reader_init(&r, s, wire_pack_getdump_reply(s, 254)) ;
  tap_ok(!wire_get_error(&r, &e) && wire_unpack_getdump_reply(&r, &frames, &total) && frames == 2 && total == 254, "a getdump answer is read back") ;
  wire_reader_init(&r, s, wire_pack_setdump_reply(s, 253)) ;
  tap_ok(!wire_get_error(&r, &e) && wire_unpack_setdump_reply(&r, &frames) && frames == 1, "a setdump answer is read back") ;
  tap_ok(reads_numbers("\0\0\0\0\0\0\0", 8, 1), "nothing at all comes in no frame") ;
  tap_ok(!reads_numbers("\0\0\0\2\0\0\0\1", 8, 1), "more frames than descriptors cannot be") ;
  tap_ok(!reads_numbers("\0\0\0\0\0\0\0\1", 8, 1), "nor descriptors in no frame") ;
  tap_ok(!reads_numbers("\0\0\0\1\0\0\0", 7, 1) && !reads_numbers("\0\0\0\1\0\0\0\1", 9, 1), "nor a getdump answer of another length") ;
  tap_ok(!reads_numbers("\0\0\0", 3, 0) && !reads_numbers("\0\0\0\1", 5, 0), "nor a setdump answer of another length") ;
  wire_reader_init(&r, "\0\0\0\2a\0bc", 9) ;
  tap_ok(wire_unpack_list_reply(&r, &total) && total == 2 && r.len == 5 && !strcmp(r.s, "a"), "a list answer is read, and leaves its ids") ;
  wire_reader_init(&r, "\0\0\0\1a\0bc", 9) ;
  tap_ok(!wire_unpack_list_reply(&r, &total), "more ids than announced are none") ;
  wire_reader_init(&r, "\0\0\0\3a\0bc", 9) ;
  tap_ok(!wire_unpack_list_reply(&r, &total), "nor are fewer") ;
  wire_reader_init(&r, "\0\0\0\2a\0", 7) ;
  tap_ok(!wire_unpack_list_reply(&r, &total), "nor is an empty one") ;
}

int main (void)
{
  memset(longest, 'i', WIRE_ID_MAX) ;
  golden_bytes() ;
  round_trips() ;
  truncations() ;
  ids() ;
  readers() ;
  descriptors() ;
  replies() ;
  tap_ok(wire_dump_frames(0) == 0 && wire_dump_frames(1) == 1 && wire_dump_frames(253) == 1 && wire_dump_frames(254) == 2 && wire_dump_frames(506) == 2 && wire_dump_frames(507) == 3, "frames of a dump are counted by 253") ;
  return tap_done() ;
}
