/* ISC license. */

 /* Replies: what the daemon writes and clients read. An error is one byte,
    the errno. */

#include <skalibs/uint32.h>

#include "libfdwire/wire.h"

size_t wire_pack_error (char *s, int e)
{
  *s = (char)e ;
  return WIRE_ERROR_PACK ;
}

static size_t pack_numbers (char *s, uint32_t const *numbers, unsigned int n)
{
  size_t len = wire_pack_error(s, 0) ;
  for (unsigned int i = 0 ; i < n ; i++, len += 4) uint32_pack_big(s + len, numbers[i]) ;
  return len ;
}

size_t wire_pack_list_header (char *s, uint32_t n)
{
  return pack_numbers(s, &n, 1) ;
}

size_t wire_pack_getdump_reply (char *s, uint32_t total)
{
  uint32_t const numbers[2] = { wire_dump_frames(total), total } ;
  return pack_numbers(s, numbers, 2) ;
}

size_t wire_pack_setdump_reply (char *s, uint32_t total)
{
  uint32_t const frames = wire_dump_frames(total) ;
  return pack_numbers(s, &frames, 1) ;
}

int wire_unpack_list_reply (struct wire_reader *r, uint32_t *n)
{
  struct wire_reader ids ;
  char const *s ;
  size_t len ;
  if (!wire_get_u32(r, n)) return 0 ;
  ids = *r ;
  for (uint32_t i = 0 ; i < *n ; i++)
    if (!wire_get_string(&ids, &s, &len) || wire_id_check(s, len)) return 0 ;
  return wire_reader_isempty(&ids) ;
}

int wire_unpack_getdump_reply (struct wire_reader *r, uint32_t *frames, uint32_t *total)
{
  return wire_get_u32(r, frames) && wire_get_u32(r, total) && wire_reader_isempty(r)
    && *frames <= *total && !*frames == !*total ;
}

int wire_unpack_setdump_reply (struct wire_reader *r, uint32_t *frames)
{
  return wire_get_u32(r, frames) && wire_reader_isempty(r) ;
}
