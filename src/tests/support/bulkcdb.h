/* ISC license. */

/* A cdb of very many records, made in one pass over its tables, which have
   twice as many slots as records: also where all have the same hash. */

#ifndef S6ACTIVATION_TESTS_BULKCDB_H
#define S6ACTIVATION_TESTS_BULKCDB_H

#include <stddef.h>
#include <stdint.h>

struct bulkcdb
{
  char *s ;
  size_t len ;
  uint32_t *hashes ;
  uint32_t *positions ;
  uint32_t records ;
} ;

 /* So many records at most, of 56 bytes or less each, key and data. */
extern void bulkcdb_begin (struct bulkcdb *, uint32_t records) ;
extern void bulkcdb_add (struct bulkcdb *, char const *key, char const *data, size_t) ;
extern void bulkcdb_end (struct bulkcdb *, char const *file) ;

#endif
