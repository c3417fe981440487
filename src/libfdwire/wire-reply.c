/* ISC license. */

 /* Replies: what the daemon writes. An error is one byte, the errno. */

#include <skalibs/uint32.h>

#include "libfdwire/wire.h"

static size_t pack_numbers (char *s, uint32_t const *numbers, unsigned int n)
{
  *s = 0 ;
  for (unsigned int i = 0 ; i < n ; i++) uint32_pack_big(s + 1 + 4 * i, numbers[i]) ;
  return 1 + 4 * n ;
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
