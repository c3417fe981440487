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
  static char const replace[] = "P\x40\0\0\0\x67\x89\xab\xcd\x07\x5b\xcd\x15\x02" "ab" ;
  char s[WIRE_REQUEST_MAX] ;
  char const busy = (char)EBUSY ;
  tap_bytes(s, wire_pack_store(s, &moment, "ab", 2), store, sizeof(store), "a store request has its bytes") ;
  tap_bytes(s, wire_pack_replace(s, &moment, "ab", 2), replace, sizeof(replace), "a replace request has its own letter") ;
  tap_bytes(s, wire_pack_delete(s, "ab", 2), "D\2ab", 5, "a delete request has its bytes") ;
  tap_bytes(s, wire_pack_retrieve(s, 1, "ab", 2), "R\1\2ab", 6, "a retrieve request has its bytes") ;
  tap_bytes(s, wire_pack_setdump(s, 0x01020304, 0), "!\1\2\3\4", 5, "a setdump request has its bytes") ;
  tap_bytes(s, wire_pack_setdump(s, 1, WIRE_SETDUMP_NEW), "!\0\0\0\1\1", 6, "flags are behind the total") ;
  tap_bytes(s, wire_pack_verb(s, WIRE_PUTBACK), "B", WIRE_VERB_PACK, "a request without arguments is its letter") ;
  tap_bytes(s, wire_pack_error(s, EBUSY), &busy, WIRE_ERROR_PACK, "an error is its errno") ;
  tap_bytes(s, wire_pack_list_header(s, 258), "\0\0\0\1\2", WIRE_LIST_HEADER_PACK, "a list answer begins with its bytes") ;
  tap_bytes(s, wire_pack_getdump_reply(s, 254), "\0\0\0\0\2\0\0\0\xfe", WIRE_GETDUMP_REPLY_PACK, "a getdump answer has its bytes") ;
  tap_bytes(s, wire_pack_setdump_reply(s, 253), "\0\0\0\0\1", WIRE_SETDUMP_REPLY_PACK, "a setdump answer has its bytes") ;
}

 /* An id is its bytes, their number, and a NUL. */

static void judge_id (struct wire_id const *id, char const *want, char const *name)
{
  tap_int(id->len, strlen(want), "%s: the length of the id", name) ;
  tap_string(id->s, want, "%s: the id", name) ;
}

static int reads_back (struct wire_request *req, char const *s, size_t len, enum wire_verb verb, char const *name)
{
  if (!tap_error(wire_unpack_request(req, s, len), 0, "%s is read back", name)) return 0 ;
  return tap_int(req->verb, verb, "%s: its letter", name) ;
}

static void round_trips (void)
{
  char s[WIRE_REQUEST_MAX] ;
  struct wire_request req ;
  size_t len = wire_pack_store(s, &moment, longest, WIRE_ID_MAX) ;
  tap_int(len, WIRE_REQUEST_MAX, "the longest request is as long as the bound") ;
  if (reads_back(&req, s, len, WIRE_STORE, "store"))
  {
    judge_id(&req.entry.id, longest, "store") ;
    tap_int(req.entry.limit.sec.x, moment.sec.x, "store: the seconds of the limit") ;
    tap_int(req.entry.limit.nano, moment.nano, "store: the nanoseconds of the limit") ;
  }
  len = wire_pack_replace(s, &moment, "x", 1) ;
  if (reads_back(&req, s, len, WIRE_REPLACE, "replace"))
  {
    judge_id(&req.entry.id, "x", "replace") ;
    tap_int(req.nfds, 1, "replace: one descriptor") ;
  }
  len = wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x y", 3) ;
  if (reads_back(&req, s, len, WIRE_RETRIEVE, "retrieve"))
  {
    judge_id(&req.entry.id, "x y", "retrieve") ;
    tap_int(req.flags, WIRE_RETRIEVE_DELETE, "retrieve: the flags") ;
  }
  len = wire_pack_setdump(s, 70000, 0) ;
  if (reads_back(&req, s, len, WIRE_SETDUMP, "setdump")) tap_int(req.total, 70000, "setdump: the total") ;
  len = wire_pack_setdump(s, 70000, 0x81) ;
  if (reads_back(&req, s, len, WIRE_SETDUMP, "setdump with flags"))
  {
    tap_int(req.total, 70000, "setdump with flags: the total") ;
    tap_int(req.flags, 0x81, "setdump with flags: the flags") ;
  }
  reads_back(&req, "L", 1, WIRE_LIST, "list") ;
  reads_back(&req, "?", 1, WIRE_GETDUMP, "getdump") ;
  reads_back(&req, "A", 1, WIRE_ACKNOWLEDGE, "an acknowledgement") ;
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
  sizes[3] = wire_pack_setdump(requests[3], 1, 0) ;
  for (unsigned int i = 0 ; i < 4 ; i++)
  {
    for (size_t len = 0 ; len < sizes[i] ; len++)
      if (wire_unpack_request(&req, requests[i], len) != EPROTO) bad++ ;
    memcpy(s, requests[i], sizes[i]) ;
    s[sizes[i]] = 0 ;
    if (wire_unpack_request(&req, s, sizes[i] + 1) != EPROTO) bad++ ;
  }
  tap_int(bad, 0, "every request that is cut short or has a byte too many is refused") ;
  tap_error(wire_unpack_request(&req, "L\0", 2), EPROTO, "list takes no argument") ;
  tap_error(wire_unpack_request(&req, "!\0\0\0\1\1\1", 7), EPROTO, "setdump takes one byte of flags") ;
  tap_error(wire_unpack_request(&req, "", 0), EPROTO, "an empty request is refused") ;
  tap_error(wire_unpack_request(&req, "W", 1), ENOSYS, "an unknown verb is known to be unknown") ;
}

static void ids (void)
{
  struct wire_request req ;
  char toolong[WIRE_ID_MAX + 1] ;
  memset(toolong, 'x', sizeof(toolong)) ;
  tap_error(wire_unpack_request(&req, "D\0\0", 3), EINVAL, "an empty id is invalid") ;
  tap_error(wire_unpack_request(&req, "D\3a\0b\0", 6), EINVAL, "an id with a NUL inside is invalid") ;
  tap_error(wire_unpack_request(&req, "D\2abc", 5), EPROTO, "an id without its NUL is not a request") ;
  tap_error(wire_id_check("", 0), EINVAL, "the validator refuses nothing") ;
  tap_error(wire_id_check("a\0b", 3), EINVAL, "and a NUL") ;
  tap_error(wire_id_check(toolong, sizeof(toolong)), ENAMETOOLONG, "and 256 bytes") ;
  tap_error(wire_id_check("x", 1), 0, "it takes 1 byte") ;
  tap_error(wire_id_check(longest, WIRE_ID_MAX), 0, "and 255") ;
}

static void reads_entry (struct wire_reader *r, char const *want)
{
  struct wire_entry entry ;
  if (tap_ok(wire_get_entry(r, &entry), "entry %s is read", want)) judge_id(&entry.id, want, "an entry") ;
}

static void readers (void)
{
  struct wire_reader r ;
  char const *s ;
  size_t len ;
  char dump[2 * WIRE_ENTRY_MAX] ;
  size_t n = wire_pack_entry(dump, &moment, "one", 3) ;
  int e ;
  tain t ;
  n += wire_pack_entry(dump + n, &moment, "two", 3) ;
  wire_reader_init(&r, dump, n) ;
  reads_entry(&r, "one") ;
  reads_entry(&r, "two") ;
  tap_ok(wire_reader_isempty(&r), "entries are consumed one after the other") ;
  wire_reader_init(&r, "ab\0c", 5) ;
  if (tap_ok(wire_get_string(&r, &s, &len), "a string is read")) tap_bytes(s, len, "ab", 2, "the first one") ;
  if (tap_ok(wire_get_string(&r, &s, &len), "another string is read")) tap_string(s, "c", "the second one") ;
  tap_ok(!wire_get_string(&r, &s, &len), "strings end with the reader") ;
  wire_reader_init(&r, "ab", 2) ;
  tap_ok(!wire_get_string(&r, &s, &len), "a string without its NUL fails") ;
  tap_ok(wire_reader_isempty(&r), "and leaves nothing to read") ;
  wire_reader_init(&r, "", 0) ;
  if (tap_ok(wire_get_error(&r, &e), "no reply at all is an error")) tap_error(e, EPROTO, "that of the protocol") ;
  wire_reader_init(&r, "\x40\0\0\0\0\0\0\0\xff\xff\xff\xff", 12) ;
  if (tap_ok(wire_get_tain(&r, &t), "a billion nanoseconds and more are read")) tap_int(t.nano, 999999999, "and clamped") ;
}

static void judge_descriptors (char const *s, size_t len, int error, unsigned int want, char const *name)
{
  struct wire_request req ;
  tap_error(wire_unpack_request(&req, s, len), error, "%s: what is said of it", name) ;
  tap_int(req.nfds, want, "%s: its descriptors", name) ;
}

static void descriptors (void)
{
  static char dump[WIRE_DUMPFRAME_MAX] ;
  size_t len = wire_pack_store(dump, &moment, "ab", 2) ;
  unsigned int n = WIRE_FDS_MAX + 10 ;
  judge_descriptors(dump, len, 0, 1, "a store has one descriptor") ;
  judge_descriptors(dump, len - 1, EPROTO, 0, "what is no request has none") ;
  dump[len - 2] = 0 ;
  judge_descriptors(dump, len, EINVAL, 1, "one with a bad id has it, too") ;
  judge_descriptors("D\2ab", 5, 0, 0, "a delete has none") ;
  judge_descriptors("W", 1, ENOSYS, 0, "nor has what is unknown") ;
  len = wire_pack_verb(dump, WIRE_DUMPFRAME) ;
  judge_descriptors(dump, len, 0, 0, "nor an empty frame") ;
  for (unsigned int i = 0 ; i < 3 ; i++) len += wire_pack_entry(dump + len, &moment, "ab", 2) ;
  judge_descriptors(dump, len, 0, 3, "a frame has one for each entry") ;
  judge_descriptors(dump, len - 1, 0, 2, "that is whole") ;
  for (unsigned int i = 3 ; i < n ; i++) len += wire_pack_entry(dump + len, &moment, "ab", 2) ;
  judge_descriptors(dump, len, 0, WIRE_FDS_MAX + 1, "more than a message can have is one more") ;
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
  tap_ok(!wire_get_error(&r, &e), "a getdump answer is no error") ;
  if (tap_ok(wire_unpack_getdump_reply(&r, &frames, &total), "it is read back"))
  {
    tap_int(frames, 2, "a getdump answer has its frames") ;
    tap_int(total, 254, "and its total") ;
  }
  wire_reader_init(&r, s, wire_pack_setdump_reply(s, 253)) ;
  tap_ok(!wire_get_error(&r, &e), "a setdump answer is no error") ;
  if (tap_ok(wire_unpack_setdump_reply(&r, &frames), "it is read back")) tap_int(frames, 1, "a setdump answer has its frames") ;
  tap_ok(reads_numbers("\0\0\0\0\0\0\0", 8, 1), "nothing at all comes in no frame") ;
  tap_ok(!reads_numbers("\0\0\0\2\0\0\0\1", 8, 1), "more frames than descriptors cannot be") ;
  tap_ok(!reads_numbers("\0\0\0\0\0\0\0\1", 8, 1), "nor descriptors in no frame") ;
  tap_ok(!reads_numbers("\0\0\0\1\0\0\0", 7, 1), "nor a getdump answer that is too short") ;
  tap_ok(!reads_numbers("\0\0\0\1\0\0\0\1", 9, 1), "or too long") ;
  tap_ok(!reads_numbers("\0\0\0", 3, 0), "nor a setdump answer that is too short") ;
  tap_ok(!reads_numbers("\0\0\0\1", 5, 0), "or too long") ;
}

static void lists (void)
{
  struct wire_reader r ;
  uint32_t total ;
  wire_reader_init(&r, "\0\0\0\2a\0bc", 9) ;
  if (tap_ok(wire_unpack_list_reply(&r, &total), "a list answer is read"))
  {
    tap_int(total, 2, "it says how many ids it has") ;
    tap_bytes(r.s, r.len, "a\0bc", 5, "and leaves them") ;
  }
  wire_reader_init(&r, "\0\0\0\1a\0bc", 9) ;
  tap_ok(!wire_unpack_list_reply(&r, &total), "more ids than announced are none") ;
  wire_reader_init(&r, "\0\0\0\3a\0bc", 9) ;
  tap_ok(!wire_unpack_list_reply(&r, &total), "nor are fewer") ;
  wire_reader_init(&r, "\0\0\0\2a\0", 7) ;
  tap_ok(!wire_unpack_list_reply(&r, &total), "nor is an empty one") ;
}

 /* 253 in each */

static void frames (void)
{
  static struct { unsigned int total, frames ; } const table[] = { { 0, 0 }, { 1, 1 }, { 253, 1 }, { 254, 2 }, { 506, 2 }, { 507, 3 } } ;
  for (unsigned int i = 0 ; i < sizeof(table) / sizeof(*table) ; i++)
    tap_int(wire_dump_frames(table[i].total), table[i].frames, "the frames of a dump of %u are counted", table[i].total) ;
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
  lists() ;
  frames() ;
  return tap_done() ;
}
