/* ISC license. */

 /* Requests: what clients write and the daemon reads. */

#include <string.h>
#include <errno.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "libfdwire/wire.h"

static size_t pack_id (char *s, char const *id, size_t len)
{
  *s = (char)len ;
  memcpy(s + 1, id, len) ;
  s[1 + len] = 0 ;
  return 1 + len + 1 ;
}

size_t wire_pack_entry (char *s, tain const *limit, char const *id, size_t len)
{
  tain_pack(s, limit) ;
  return TAIN_PACK + pack_id(s + TAIN_PACK, id, len) ;
}

size_t wire_pack_store (char *s, tain const *limit, char const *id, size_t len)
{
  *s = WIRE_STORE ;
  return 1 + wire_pack_entry(s + 1, limit, id, len) ;
}

size_t wire_pack_delete (char *s, char const *id, size_t len)
{
  *s = WIRE_DELETE ;
  return 1 + pack_id(s + 1, id, len) ;
}

size_t wire_pack_retrieve (char *s, uint8_t flags, char const *id, size_t len)
{
  s[0] = WIRE_RETRIEVE ;
  s[1] = (char)flags ;
  return 2 + pack_id(s + 2, id, len) ;
}

size_t wire_pack_setdump (char *s, uint32_t total)
{
  *s = WIRE_SETDUMP ;
  uint32_pack_big(s + 1, total) ;
  return 5 ;
}

static int unpack_arguments (struct wire_request *req, struct wire_reader *r)
{
  switch (req->verb)
  {
    case WIRE_STORE :
      return wire_get_entry(r, &req->entry) ;
    case WIRE_DELETE :
      return wire_get_id(r, &req->entry.id) ;
    case WIRE_RETRIEVE :
      return wire_get_u8(r, &req->flags) && wire_get_id(r, &req->entry.id) ;
    case WIRE_SETDUMP :
      return wire_get_u32(r, &req->total) ;
    case WIRE_DUMPFRAME :
      req->entries = *r ;
      r->len = 0 ;
      return 1 ;
    default :
      return 1 ;
  }
}

int wire_unpack_request (struct wire_request *req, char const *s, size_t len)
{
  static char const verbs[] = { WIRE_STORE, WIRE_DELETE, WIRE_RETRIEVE, WIRE_ACKNOWLEDGE, WIRE_PUTBACK, WIRE_LIST, WIRE_GETDUMP, WIRE_SETDUMP, WIRE_DUMPFRAME } ;
  struct wire_reader r ;
  uint8_t verb ;
  memset(req, 0, sizeof(*req)) ;
  wire_reader_init(&r, s, len) ;
  if (!wire_get_u8(&r, &verb) || !verb) return EPROTO ;
  req->verb = (char)verb ;
  if (!memchr(verbs, verb, sizeof(verbs))) return ENOSYS ;
  if (!unpack_arguments(req, &r) || !wire_reader_isempty(&r)) return EPROTO ;
  return req->entry.id.s ? wire_id_check(req->entry.id.s, req->entry.id.len) : 0 ;
}
