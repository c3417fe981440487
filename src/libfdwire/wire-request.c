/* ISC license. */

 /* Requests: what clients write and the daemon reads. */

#include <string.h>
#include <errno.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "libfdwire/wire.h"

size_t wire_pack_id (char *s, char const *id, size_t len)
{
  *s = (char)len ;
  memcpy(s + 1, id, len) ;
  s[1 + len] = 0 ;
  return 1 + len + 1 ;
}

size_t wire_pack_verb (char *s, enum wire_verb verb)
{
  *s = (char)verb ;
  return WIRE_VERB_PACK ;
}

size_t wire_pack_entry (char *s, tain const *limit, char const *id, size_t len)
{
  tain_pack(s, limit) ;
  return TAIN_PACK + wire_pack_id(s + TAIN_PACK, id, len) ;
}

size_t wire_pack_store (char *s, tain const *limit, char const *id, size_t len)
{
  size_t n = wire_pack_verb(s, WIRE_STORE) ;
  return n + wire_pack_entry(s + n, limit, id, len) ;
}

size_t wire_pack_replace (char *s, tain const *limit, char const *id, size_t len)
{
  size_t n = wire_pack_verb(s, WIRE_REPLACE) ;
  return n + wire_pack_entry(s + n, limit, id, len) ;
}

size_t wire_pack_delete (char *s, char const *id, size_t len)
{
  size_t n = wire_pack_verb(s, WIRE_DELETE) ;
  return n + wire_pack_id(s + n, id, len) ;
}

size_t wire_pack_retrieve (char *s, uint8_t flags, char const *id, size_t len)
{
  size_t n = wire_pack_verb(s, WIRE_RETRIEVE) ;
  s[n++] = (char)flags ;
  return n + wire_pack_id(s + n, id, len) ;
}

size_t wire_pack_watch (char *s, char const *glob, size_t len)
{
  size_t n = wire_pack_verb(s, WIRE_WATCH) ;
  if (len) return n + wire_pack_id(s + n, glob, len) ;
  s[n++] = 0 ;
  return n ;
}

size_t wire_pack_setdump (char *s, uint32_t total, uint8_t flags)
{
  size_t n = wire_pack_verb(s, WIRE_SETDUMP) ;
  uint32_pack_big(s + n, total) ;
  n += 4 ;
  if (flags) s[n++] = (char)flags ;
  return n ;
}

 /* One for each entry. Of more than a message can have, the count says one more. */

static uint8_t count_entries (struct wire_reader r)
{
  struct wire_entry entry ;
  unsigned int n = 0 ;
  while (n <= WIRE_FDS_MAX && !wire_reader_isempty(&r) && wire_get_entry(&r, &entry)) n++ ;
  return (uint8_t)n ;
}

static int unpack_glob (struct wire_id *glob, struct wire_reader *r)
{
  uint8_t len ;
  struct wire_reader all = *r ;
  if (!wire_get_u8(&all, &len) || len) return wire_get_id(r, glob) ;
  *r = all ;
  return 1 ;
}

static int unpack_arguments (struct wire_request *req, struct wire_reader *r)
{
  switch (req->verb)
  {
    case WIRE_STORE :
    case WIRE_REPLACE :
      req->nfds = 1 ;
      return wire_get_entry(r, &req->entry) ;
    case WIRE_KEEP :
      req->nfds = 1 ;
      return 1 ;
    case WIRE_DELETE :
      return wire_get_id(r, &req->entry.id) ;
    case WIRE_RETRIEVE :
      return wire_get_u8(r, &req->flags) && wire_get_id(r, &req->entry.id) ;
    case WIRE_WATCH :
      return unpack_glob(&req->entry.id, r) ;
    case WIRE_SETDUMP :
      return wire_get_u32(r, &req->total) && (wire_reader_isempty(r) || (wire_get_u8(r, &req->flags) && req->flags)) ;
    case WIRE_DUMPFRAME :
      req->entries = *r ;
      r->len = 0 ;
      req->nfds = count_entries(req->entries) ;
      return 1 ;
    default :
      return 1 ;
  }
}

int wire_unpack_request (struct wire_request *req, char const *s, size_t len)
{
  static char const verbs[] = { WIRE_STORE, WIRE_REPLACE, WIRE_DELETE, WIRE_RETRIEVE, WIRE_WATCH, WIRE_ACKNOWLEDGE, WIRE_PUTBACK, WIRE_LIST, WIRE_INSPECT, WIRE_STATUS, WIRE_KEEP, WIRE_GETDUMP, WIRE_SETDUMP, WIRE_DUMPFRAME } ;
  struct wire_reader r ;
  uint8_t verb ;
  memset(req, 0, sizeof(*req)) ;
  wire_reader_init(&r, s, len) ;
  if (!wire_get_u8(&r, &verb) || !verb) return EPROTO ;
  req->verb = (char)verb ;
  if (!memchr(verbs, verb, sizeof(verbs))) return ENOSYS ;
  if (!unpack_arguments(req, &r) || !wire_reader_isempty(&r)) return (req->nfds = 0, EPROTO) ;
  return req->entry.id.s ? wire_id_check(req->entry.id.s, req->entry.id.len) : 0 ;
}
