/* ISC license. */

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <skalibs/uint32.h>

#include "accessrules-internal.h"

 /* The record at a position; same returns as ruleset_cdb_find. Tables
    are within the file, but not within the records: the bound is size. */

static int record_at (char const *map, size_t size, uint32_t position, ruleset_record *record)
{
  uint32_t left ;
  if (position < ACCESSRULES_CDB_HEADER_SIZE || position > size - ACCESSRULES_CDB_POINTER_SIZE) return 0 ;
  left = size - position - ACCESSRULES_CDB_POINTER_SIZE ;
  uint32_unpack(map + position, &record->keylen) ;
  uint32_unpack(map + position + 4, &record->datalen) ;
  if (record->keylen > left || record->datalen > left - record->keylen) return 0 ;
  record->key = map + position + ACCESSRULES_CDB_POINTER_SIZE ;
  record->data = record->key + record->keylen ;
  return 1 ;
}

int ruleset_cdb_find (char const *map, size_t size, char const *key, uint32_t keylen, uint32_t wanted, ruleset_record *record)
{
  uint32_t hash = ruleset_cdb_hash(key, keylen) ;
  char const *pointer ;
  uint32_t table, slots ;
  if (size < ACCESSRULES_CDB_HEADER_SIZE || size > ACCESSRULES_CDB_MAX) goto err ;
  pointer = map + (hash % ACCESSRULES_CDB_TABLES) * ACCESSRULES_CDB_POINTER_SIZE ;
  uint32_unpack(pointer, &table) ;
  uint32_unpack(pointer + 4, &slots) ;
  if (!slots) return 0 ;
  if (table > size || slots > (size - table) / ACCESSRULES_CDB_POINTER_SIZE) goto err ;
  for (uint32_t i = 0, n = (hash / ACCESSRULES_CDB_TABLES) % slots ; i < slots ; i++, n = (n + 1) % slots)
  {
    uint32_t slothash, position ;
    char const *slot = map + table + n * ACCESSRULES_CDB_POINTER_SIZE ;
    uint32_unpack(slot, &slothash) ;
    uint32_unpack(slot + 4, &position) ;
    if (!position) return 0 ;
    if (slothash != hash || (wanted && position != wanted)) continue ;
    if (!record_at(map, size, position, record)) goto err ;
    if (record->keylen == keylen && !memcmp(record->key, key, keylen)) return 1 ;
  }
  return 0 ;

 err:
  errno = EPROTO ;
  return -1 ;
}
