/* ISC license. */

#include <string.h>

#include <skalibs/cdbmake.h>
#include <skalibs/uint16.h>

#include "libaccessrules/cdbrecords.h"
#include "libaccessrules/ruleset.h"

 /* They are one after the other: this, the key without its NUL, the data. */

struct record
{
  size_t keylen ;
  size_t datalen ;
} ;

enum { LENGTH = 2 } ;  /* of a part, before it */

static int add_counted (stralloc *records, stralloc const *part)
{
  char length[LENGTH] ;
  uint16_pack_big(length, (uint16_t)part->len) ;
  return stralloc_catb(records, length, LENGTH) && stralloc_catb(records, part->s, part->len) ;
}

int cdbrecords_add (stralloc *records, char const *key, accessrules_params const *allowed)
{
  struct record record = { .keylen = strlen(key), .datalen = 1 } ;
  if (allowed) record.datalen += 2 * LENGTH + allowed->env.len + allowed->exec.len ;
  return stralloc_catb(records, (char *)&record, sizeof(record))
   && stralloc_catb(records, key, record.keylen)
   && stralloc_catb(records, allowed ? "A" : "D", 1)
   && (!allowed || (add_counted(records, &allowed->env) && add_counted(records, &allowed->exec))) ;
}

 /* The record at *i, which becomes the place behind it. Returns its key. */

static char const *next (stralloc const *records, size_t *i, struct record *record)
{
  char const *key = records->s + *i + sizeof(*record) ;
  memcpy(record, records->s + *i, sizeof(*record)) ;
  *i += sizeof(*record) + record->keylen + record->datalen ;
  return key ;
}

 /* A record takes a head and two slots besides its key and data. */

uint64_t cdbrecords_size (stralloc const *records)
{
  uint64_t size = ACCESSRULES_CDB_HEADER_SIZE ;
  struct record record ;
  for (size_t i = 0 ; i < records->len ; size += 3 * ACCESSRULES_CDB_POINTER_SIZE + record.keylen + record.datalen)
    next(records, &i, &record) ;
  return size ;
}

int cdbrecords_write (stralloc const *records, int fd)
{
  cdbmaker maker = CDBMAKER_ZERO ;
  struct record record ;
  if (!cdbmake_start(&maker, fd)) return 0 ;
  for (size_t i = 0 ; i < records->len ;)
  {
    char const *key = next(records, &i, &record) ;
    if (!cdbmake_add(&maker, key, record.keylen, key + record.keylen, record.datalen)) return 0 ;
  }
  return cdbmake_finish(&maker) ;
}
