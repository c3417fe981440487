/* ISC license. */

#include <stdint.h>

#include "accessrules-internal.h"

uint32_t ruleset_cdb_hash (char const *key, uint32_t len)
{
  uint32_t hash = 5381 ;
  while (len--) hash = (hash * 33) ^ (unsigned char)*key++ ;
  return hash ;
}
