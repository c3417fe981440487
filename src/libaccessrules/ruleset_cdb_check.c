/* ISC license. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/uint32.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* Whether the tables fill all that is behind the records. Returns how
    many of their slots are taken in *taken. */

static int tables_are_sound (char const *map, size_t size, uint32_t end, uint32_t *taken)
{
  uint32_t expected = end ;
  *taken = 0 ;
  for (unsigned int i = 0 ; i < ACCESSRULES_CDB_TABLES ; i++)
  {
    uint32_t table, slots ;
    uint32_unpack(map + i * ACCESSRULES_CDB_POINTER_SIZE, &table) ;
    uint32_unpack(map + i * ACCESSRULES_CDB_POINTER_SIZE + 4, &slots) ;
    if (!slots) continue ;
    if (table != expected || slots > (size - expected) / ACCESSRULES_CDB_POINTER_SIZE) return 0 ;
    for (uint32_t n = 0 ; n < slots ; n++)
    {
      uint32_t position ;
      uint32_unpack(map + table + n * ACCESSRULES_CDB_POINTER_SIZE + 4, &position) ;
      if (position) ++*taken ;
    }
    expected += slots * ACCESSRULES_CDB_POINTER_SIZE ;
  }
  return expected == size ;
}

 /* Records lie end to end, so each has a position of its own, and a slot of
    its own is found for each. As many slots as records: there is no other. */

int ruleset_cdb_check (char const *map, size_t size)
{
  ruleset_record record ;
  ruleset_value value ;
  uint32_t taken ;
  uint32_t records = 0 ;
  uint32_t begin = ACCESSRULES_CDB_HEADER_SIZE ;
  uint32_t position = begin ;
  uint32_t end = ruleset_cdb_end(map, size) ;
  int more ;
  if (!end) return 0 ;
  if (!tables_are_sound(map, size, end, &taken)) goto err ;
  while ((more = ruleset_cdb_next(map, size, &position, &record)) > 0)
  {
    ruleset_record found ;
    if (ruleset_cdb_find(map, size, record.key, record.keylen, begin, &found) <= 0) goto err ;
    if (ruleset_cdb_value(record.data, record.datalen, &value) == ACCESSRULES_ERROR) return 0 ;
    begin = position ;
    records++ ;
  }
  if (more < 0) return 0 ;
  if (records == taken) return 1 ;

 err:
  errno = EPROTO ;
  return 0 ;
}
