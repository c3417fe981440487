/* ISC license. */

/* What the bytes of a cdb file of rules mean. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

uint32_t ruleset_cdb_hash (char const *key, uint32_t len)
{
  uint32_t hash = 5381 ;
  while (len--) hash = (hash * 33) ^ (unsigned char)*key++ ;
  return hash ;
}

void ruleset_cdb_pointer (char const *map, unsigned int i, uint32_t *table, uint32_t *slots)
{
  uint32_unpack(map + i * ACCESSRULES_CDB_POINTER_SIZE, table) ;
  uint32_unpack(map + i * ACCESSRULES_CDB_POINTER_SIZE + 4, slots) ;
}

 /* Tables follow the records without a gap, in order, to the end of the
    file, as every maker of cdb files writes them. The first one that is
    not empty tells where the records end. */

uint32_t ruleset_cdb_end (char const *map, size_t size)
{
  if (size < ACCESSRULES_CDB_HEADER_SIZE || size > ACCESSRULES_CDB_MAX) goto err ;
  for (unsigned int i = 0 ; i < ACCESSRULES_CDB_TABLES ; i++)
  {
    uint32_t table, slots ;
    ruleset_cdb_pointer(map, i, &table, &slots) ;
    if (!slots) continue ;
    if (table < ACCESSRULES_CDB_HEADER_SIZE || table > size) goto err ;
    return table ;
  }
  if (size == ACCESSRULES_CDB_HEADER_SIZE) return size ;

 err:
  errno = EPROTO ;
  return 0 ;
}

uint32_t ruleset_cdb_header (char const *map, size_t size)
{
  uint32_t end = ruleset_cdb_end(map, size) ;
  uint32_t expected = end ;
  if (!end) return 0 ;
  for (unsigned int i = 0 ; i < ACCESSRULES_CDB_TABLES ; i++)
  {
    uint32_t table, slots ;
    ruleset_cdb_pointer(map, i, &table, &slots) ;
    if (!slots) continue ;
    if (table != expected || slots > (size - expected) / ACCESSRULES_CDB_POINTER_SIZE) return (errno = EPROTO, 0) ;
    expected += slots * ACCESSRULES_CDB_POINTER_SIZE ;
  }
  return expected == size ? end : (errno = EPROTO, 0) ;
}

int ruleset_cdb_next (char const *map, size_t size, uint32_t *position, ruleset_record *record)
{
  uint32_t end = ruleset_cdb_end(map, size) ;
  uint32_t left ;
  if (!end || *position > end) return (errno = EPROTO, -1) ;
  if (*position == end) return 0 ;
  left = end - *position ;
  if (left < ACCESSRULES_CDB_POINTER_SIZE) return (errno = EPROTO, -1) ;
  left -= ACCESSRULES_CDB_POINTER_SIZE ;
  uint32_unpack(map + *position, &record->keylen) ;
  uint32_unpack(map + *position + 4, &record->datalen) ;
  if (record->keylen > left || record->datalen > left - record->keylen) return (errno = EPROTO, -1) ;
  record->key = map + *position + ACCESSRULES_CDB_POINTER_SIZE ;
  record->data = record->key + record->keylen ;
  *position += ACCESSRULES_CDB_POINTER_SIZE + record->keylen + record->datalen ;
  return 1 ;
}

 /* Each modification has a name before its NUL or its '='. */

int ruleset_cdb_env_is_sound (char const *env, size_t len)
{
  int begins = 1 ;
  for (size_t i = 0 ; i < len ; i++)
  {
    if (begins && (!env[i] || env[i] == '=')) return 0 ;
    begins = !env[i] ;
  }
  return begins ;
}

 /* 'D', or 'A' and two strings, each after its length in two bytes. */

accessrules_result ruleset_cdb_value (char const *data, uint32_t len, ruleset_value *value)
{
  if (len == 1 && data[0] == 'D') return ACCESSRULES_DENY ;
  if (len < 5 || data[0] != 'A') goto err ;
  uint16_unpack_big(data + 1, &value->envlen) ;
  if (value->envlen > len - 5) goto err ;
  value->env = data + 3 ;
  uint16_unpack_big(value->env + value->envlen, &value->execlen) ;
  if (value->execlen != len - 5 - value->envlen) goto err ;
  value->exec = value->env + value->envlen + 2 ;
  if (ruleset_cdb_env_is_sound(value->env, value->envlen)) return ACCESSRULES_ALLOW ;

 err:
  errno = EPROTO ;
  return ACCESSRULES_ERROR ;
}
