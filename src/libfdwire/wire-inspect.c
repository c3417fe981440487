/* ISC license. */

 /* What is told of the held descriptors, and of the daemon: strings. */

#include <string.h>

#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "libfdwire/wire.h"

size_t wire_pack_string (char *s, char const *string)
{
  size_t len = strlen(string) + 1 ;
  memcpy(s, string, len) ;
  return len ;
}

static size_t pack_number (char *s, uint64_t n)
{
  size_t len = uint64_fmt(s, n) ;
  s[len] = 0 ;
  return len + 1 ;
}

 /* Seconds, with three decimals. */

size_t wire_pack_seconds (char *s, uint64_t milliseconds)
{
  size_t len = uint64_fmt(s, milliseconds / 1000) ;
  s[len++] = '.' ;
  uint320_fmt(s + len, (uint32_t)(milliseconds % 1000), 3) ;
  s[len + 3] = 0 ;
  return len + 4 ;
}

size_t wire_pack_inspected (char *s, char const *id, char const *found, size_t len, struct wire_inspected const *known)
{
  size_t n = wire_pack_string(s, id) ;
  memcpy(s + n, found, len) ;
  n += len ;
  n += pack_number(s + n, known->uid) ;
  n += pack_number(s + n, known->pid) ;
  n += wire_pack_seconds(s + n, known->age) ;
  return n + (known->expires ? wire_pack_seconds(s + n, known->left) : wire_pack_string(s + n, "")) ;
}

size_t wire_pack_number_fact (char *s, char const *name, uint64_t value)
{
  size_t n = wire_pack_string(s, name) ;
  return n + pack_number(s + n, value) ;
}

int wire_get_inspected (struct wire_reader *r, char const **s, size_t *len)
{
  struct wire_reader all = *r ;
  char const *string ;
  size_t n ;
  for (unsigned int i = 0 ; i < 1 + WIRE_INSPECTED_FIELDS ; i++)
    if (!wire_get_string(r, &string, &n) || (!i && wire_id_check(string, n))) return 0 ;
  *s = all.s ;
  *len = all.len - r->len ;
  return 1 ;
}

int wire_unpack_status_reply (struct wire_reader const *reply, size_t *n)
{
  struct wire_reader r = *reply ;
  char const *s ;
  size_t len ;
  for (*n = 0 ; !wire_reader_isempty(&r) ; ++*n)
    if (!wire_get_string(&r, &s, &len)) return 0 ;
  return !(*n & 1) ;
}
