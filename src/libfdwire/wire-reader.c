/* ISC license. */

 /* The consuming readers, and the one validator of ids. */

#include <string.h>
#include <errno.h>

#include <skalibs/uint32.h>
#include <skalibs/tai.h>

#include "libfdwire/wire.h"

enum { NANOSECONDS_PER_SECOND = 1000000000 } ;

void wire_reader_init (struct wire_reader *r, char const *s, size_t len)
{
  r->s = s ;
  r->len = len ;
}

static char const *take (struct wire_reader *r, size_t n)
{
  char const *s = r->s ;
  if (r->len < n)
  {
    r->len = 0 ;
    return 0 ;
  }
  r->s += n ;
  r->len -= n ;
  return s ;
}

int wire_get_u8 (struct wire_reader *r, uint8_t *value)
{
  char const *s = take(r, 1) ;
  if (!s) return 0 ;
  *value = (uint8_t)*s ;
  return 1 ;
}

int wire_get_u32 (struct wire_reader *r, uint32_t *value)
{
  char const *s = take(r, 4) ;
  if (!s) return 0 ;
  uint32_unpack_big(s, value) ;
  return 1 ;
}

 /* Nanoseconds of a billion or more are clamped, so that no time read from
    the wire compares wrongly with one that was computed. */

int wire_get_tain (struct wire_reader *r, tain *value)
{
  char const *s = take(r, TAIN_PACK) ;
  if (!s) return 0 ;
  tain_unpack(s, value) ;
  if (value->nano >= NANOSECONDS_PER_SECOND) value->nano = NANOSECONDS_PER_SECOND - 1 ;
  return 1 ;
}

int wire_get_id (struct wire_reader *r, struct wire_id *id)
{
  uint8_t len ;
  char const *s ;
  if (!wire_get_u8(r, &len)) return 0 ;
  s = take(r, (size_t)len + 1) ;
  if (!s || s[len])
  {
    r->len = 0 ;
    return 0 ;
  }
  id->s = s ;
  id->len = len ;
  return 1 ;
}

int wire_get_string (struct wire_reader *r, char const **s, size_t *len)
{
  char const *end = r->len ? memchr(r->s, 0, r->len) : 0 ;
  if (!end)
  {
    r->len = 0 ;
    return 0 ;
  }
  *len = end - r->s ;
  *s = take(r, *len + 1) ;
  return 1 ;
}

int wire_get_entry (struct wire_reader *r, struct wire_entry *entry)
{
  return wire_get_tain(r, &entry->limit) && wire_get_id(r, &entry->id) ;
}

int wire_get_error (struct wire_reader *r, int *e)
{
  uint8_t code ;
  if (!wire_get_u8(r, &code)) code = EPROTO ;
  *e = code ;
  return !!code ;
}

int wire_id_check (char const *s, size_t len)
{
  if (!len) return EINVAL ;
  if (memchr(s, 0, len)) return EINVAL ;
  return len > WIRE_ID_MAX ? ENAMETOOLONG : 0 ;
}

int wire_isnever (tain const *left)
{
  tain half ;
  tain_half(&half, &tain_infinite_relative) ;
  return tain_less(&half, left) ;
}
