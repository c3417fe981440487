/* ISC license. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include "libaccessrules/ruleset.h"
#include "bulkcdb.h"
#include "tap.h"

void bulkcdb_add (struct bulkcdb *m, char const *key, char const *data, size_t datalen)
{
  size_t keylen = strlen(key) ;
  m->hashes[m->records] = ruleset_cdb_hash(key, keylen) ;
  m->positions[m->records++] = m->len ;
  uint32_pack(m->s + m->len, keylen) ;
  uint32_pack(m->s + m->len + 4, datalen) ;
  memcpy(m->s + m->len + 8, key, keylen) ;
  memcpy(m->s + m->len + 8 + keylen, data, datalen) ;
  m->len += 8 + keylen + datalen ;
}

void bulkcdb_begin (struct bulkcdb *m, uint32_t records)
{
  m->s = calloc(ACCESSRULES_CDB_HEADER_SIZE + records * 80, 1) ;
  m->hashes = calloc(records, sizeof(uint32_t)) ;
  m->positions = calloc(records, sizeof(uint32_t)) ;
  m->records = 0 ;
  m->len = ACCESSRULES_CDB_HEADER_SIZE ;
  if (!m->s || !m->hashes || !m->positions) tap_bail("malloc") ;
}

 /* n is where the search for an empty slot begins: records of one hash would take for ever without it. */

static void make_slot (char *table, uint32_t slots, uint32_t hash, uint32_t position)
{
  static uint32_t n = 0, lasthash = 0 ;
  static char *lasttable = 0 ;
  if (hash != lasthash || table != lasttable) n = hash / ACCESSRULES_CDB_TABLES % slots ;
  lasthash = hash ;
  lasttable = table ;
  for (;; n = (n + 1) % slots)
  {
    uint32_t taken ;
    uint32_unpack(table + n * 8 + 4, &taken) ;
    if (taken) continue ;
    uint32_pack(table + n * 8, hash) ;
    uint32_pack(table + n * 8 + 4, position) ;
    return ;
  }
}

void bulkcdb_end (struct bulkcdb *m, char const *file)
{
  uint32_t counts[ACCESSRULES_CDB_TABLES] = { 0 } ;
  char *tables[ACCESSRULES_CDB_TABLES] ;
  int fd ;
  for (uint32_t i = 0 ; i < m->records ; i++) counts[m->hashes[i] % ACCESSRULES_CDB_TABLES]++ ;
  for (unsigned int i = 0 ; i < ACCESSRULES_CDB_TABLES ; i++)
  {
    uint32_pack(m->s + i * 8, m->len) ;
    uint32_pack(m->s + i * 8 + 4, 2 * counts[i]) ;
    tables[i] = m->s + m->len ;
    m->len += 16 * (size_t)counts[i] ;
  }
  for (uint32_t i = 0 ; i < m->records ; i++)
  {
    unsigned int t = m->hashes[i] % ACCESSRULES_CDB_TABLES ;
    make_slot(tables[t], 2 * counts[t], m->hashes[i], m->positions[i]) ;
  }
  fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644) ;
  if (fd == -1 || write(fd, m->s, m->len) != (ssize_t)m->len) tap_bail(file) ;
  close(fd) ;
  free(m->s) ;
  free(m->hashes) ;
  free(m->positions) ;
}
