/* ISC license. */

 /* What a worker tells its keeper, within its frames. */

#include <limits.h>

#include <skalibs/tai.h>
#include <skalibs/uint32.h>

#include "libfdwire/wire.h"
#include "libfdwire/wire-keep.h"

size_t wire_keep_pack (char *s, struct wire_keep const *k)
{
  size_t n = 2 ;
  s[0] = (char)!!k->islast ;
  s[1] = k->kind ;
  if (k->kind == WIRE_KEEP_NOTHING) return n ;
  if (k->kind == WIRE_KEEP_HOLD)
  {
    tain_pack(s + n, &k->limit) ;
    n += TAIN_PACK ;
    tain_pack(s + n, &k->stored) ;
    n += TAIN_PACK ;
    uint32_pack_big(s + n, k->uid) ;
    uint32_pack_big(s + n + 4, (uint32_t)k->pid) ;
    n += 8 ;
  }
  return n + wire_pack_id(s + n, k->id.s, k->id.len) ;
}

static int get_storer (struct wire_reader *r, struct wire_keep *k)
{
  uint32_t uid, pid ;
  if (!wire_get_tain(r, &k->limit) || !wire_get_tain(r, &k->stored) || !wire_get_u32(r, &uid) || !wire_get_u32(r, &pid) || pid > INT_MAX) return 0 ;
  k->uid = uid ;
  k->pid = (pid_t)pid ;
  return 1 ;
}

int wire_keep_unpack (struct wire_keep *k, char const *s, size_t len)
{
  static struct wire_keep const none = { .id = { .s = 0, .len = 0 } } ;
  struct wire_reader r ;
  uint8_t kind ;
  *k = none ;
  wire_reader_init(&r, s, len) ;
  if (!wire_get_u8(&r, &k->islast) || k->islast > 1 || !wire_get_u8(&r, &kind)) return 0 ;
  k->kind = (char)kind ;
  switch (kind)
  {
    case WIRE_KEEP_HOLD : if (!get_storer(&r, k)) return 0 ; break ;
    case WIRE_KEEP_DROP : break ;
    case WIRE_KEEP_NOTHING : return k->islast && wire_reader_isempty(&r) ;
    default : return 0 ;
  }
  return wire_get_id(&r, &k->id) && !wire_id_check(k->id.s, k->id.len) && wire_reader_isempty(&r) ;
}
