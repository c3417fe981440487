/* ISC license. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/uint32.h>

#include "accessrules-internal.h"

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
