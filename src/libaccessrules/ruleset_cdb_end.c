/* ISC license. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/uint32.h>

#include "accessrules-internal.h"

 /* Tables follow the records without a gap, in order, to the end of the
    file, as every maker of cdb files writes them. The first one that is
    not empty tells where the records end. */

uint32_t ruleset_cdb_end (char const *map, size_t size)
{
  if (size < ACCESSRULES_CDB_HEADER_SIZE || size > ACCESSRULES_CDB_MAX) goto err ;
  for (unsigned int i = 0 ; i < ACCESSRULES_CDB_TABLES ; i++)
  {
    uint32_t position, slots ;
    uint32_unpack(map + i * ACCESSRULES_CDB_POINTER_SIZE, &position) ;
    uint32_unpack(map + i * ACCESSRULES_CDB_POINTER_SIZE + 4, &slots) ;
    if (!slots) continue ;
    if (position < ACCESSRULES_CDB_HEADER_SIZE || position > size) goto err ;
    return position ;
  }
  if (size == ACCESSRULES_CDB_HEADER_SIZE) return size ;

 err:
  errno = EPROTO ;
  return 0 ;
}
