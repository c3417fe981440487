/* ISC license. */

/* A cdb file as a whole: opening it, and checking all of it in a time that
   grows with its size and with nothing else. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/uint32.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

 /* Whether the bit of a byte of the file is set; it is not afterwards. */

static int take_bit (unsigned char *bits, uint32_t i)
{
  unsigned int bit = 1U << i % 8 ;
  int isset = !!(bits[i / 8] & bit) ;
  bits[i / 8] &= ~bit ;
  return isset ;
}

 /* Sets the bit of each byte where a record begins. */

static int mark_records (char const *map, size_t size, unsigned char *begins, uint32_t *records)
{
  ruleset_record record ;
  ruleset_value value ;
  uint32_t position = ACCESSRULES_CDB_HEADER_SIZE ;
  *records = 0 ;
  for (;;)
  {
    uint32_t begin = position ;
    int more = ruleset_cdb_next(map, size, &position, &record) ;
    if (more <= 0) return !more ;
    if (ruleset_cdb_value(record.data, record.datalen, &value) == ACCESSRULES_ERROR) return 0 ;
    begins[begin / 8] |= 1U << begin % 8 ;
    ++*records ;
  }
}

 /* A lookup goes from the slot that a hash belongs to up to the first empty
    one. So it finds what is in a slot if those between are taken: run says
    how many are, just before this one. */

static int slot_is_sound (char const *map, uint32_t table, uint32_t slots, uint32_t n, uint32_t *run)
{
  uint32_t hash, position ;
  char const *s = map + table + n * ACCESSRULES_CDB_POINTER_SIZE ;
  uint32_unpack(s, &hash) ;
  uint32_unpack(s + 4, &position) ;
  if (!position)
  {
    *run = 0 ;
    return !hash ;
  }
  return (n + slots - hash / ACCESSRULES_CDB_TABLES % slots) % slots <= (*run)++ ;
}

static uint32_t position_in (char const *map, uint32_t table, uint32_t n)
{
  uint32_t position ;
  uint32_unpack(map + table + n * ACCESSRULES_CDB_POINTER_SIZE + 4, &position) ;
  return position ;
}

static int table_is_sound (char const *map, uint32_t end, unsigned int i, unsigned char *begins, uint32_t *taken)
{
  uint32_t table, slots ;
  uint32_t run = 0 ;
  ruleset_cdb_pointer(map, i, &table, &slots) ;
  while (run < slots && position_in(map, table, slots - 1 - run)) run++ ;
  for (uint32_t n = 0 ; n < slots ; n++)
  {
    uint32_t position = position_in(map, table, n) ;
    uint32_t hash, slothash, keylen ;
    if (!slot_is_sound(map, table, slots, n, &run)) return 0 ;
    if (!position) continue ;
    if (position >= end || !take_bit(begins, position)) return 0 ;
    uint32_unpack(map + table + n * ACCESSRULES_CDB_POINTER_SIZE, &slothash) ;
    uint32_unpack(map + position, &keylen) ;
    hash = ruleset_cdb_hash(map + position + ACCESSRULES_CDB_POINTER_SIZE, keylen) ;
    if (hash != slothash || hash % ACCESSRULES_CDB_TABLES != i) return 0 ;
    ++*taken ;
  }
  return 1 ;
}

 /* Each slot takes a record that no other slot has taken. As many slots as
    records: there is no other. */

int ruleset_cdb_check (char const *map, size_t size)
{
  uint32_t end = ruleset_cdb_header(map, size) ;
  uint32_t taken = 0 ;
  uint32_t records ;
  unsigned char *begins ;
  int issound ;
  if (!end) return 0 ;
  begins = calloc(end / 8 + 1, 1) ;
  if (!begins) return 0 ;
  issound = mark_records(map, size, begins, &records) ;
  for (unsigned int i = 0 ; issound && i < ACCESSRULES_CDB_TABLES ; i++)
    issound = table_is_sound(map, end, i, begins, &taken) ;
  free(begins) ;
  if (issound && records == taken) return 1 ;
  errno = EPROTO ;
  return 0 ;
}

 /* Opens what may be a cdb of rules. */

static int open_file (accessrules *rules, char const *file)
{
  struct stat st ;
  int e ;
  int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC) ;
  if (fd == -1) return -1 ;
  if (fstat(fd, &st) == -1) e = errno ;
  else if (!S_ISREG(st.st_mode)) e = EINVAL ;
  else if (st.st_size > ACCESSRULES_CDB_MAX) e = EFBIG ;
  else if (st.st_size < ACCESSRULES_CDB_HEADER_SIZE) e = EPROTO ;
  else
  {
    rules->size = st.st_size ;
    return fd ;
  }
  fd_close(fd) ;
  errno = e ;
  return -1 ;
}

 /* A file that ends early is being written in place. */

static int read_whole (int fd, char *map, size_t size)
{
  size_t len = 0 ;
  while (len < size)
  {
    ssize_t r = fd_read(fd, map + len, size - len) ;
    if (r < 0) return 0 ;
    if (!r) return (errno = EPROTO, 0) ;
    len += r ;
  }
  return 1 ;
}

int ruleset_cdb_load (accessrules *rules, char const *file, int islazy)
{
  accessrules loaded = ACCESSRULES_ZERO ;
  int fd = open_file(&loaded, file) ;
  size_t wanted = islazy ? ACCESSRULES_CDB_HEADER_SIZE : loaded.size ;
  int e ;
  if (fd == -1) return 0 ;
  loaded.map = malloc(wanted) ;
  if (loaded.map && read_whole(fd, loaded.map, wanted)
   && (islazy ? !!ruleset_cdb_header(loaded.map, loaded.size) : ruleset_cdb_check(loaded.map, loaded.size)))
  {
    if (islazy) loaded.fd = fd ; else fd_close(fd) ;
    free(rules->map) ;
    if (rules->fd >= 0) fd_close(rules->fd) ;
    rules->map = loaded.map ;
    rules->size = loaded.size ;
    rules->fd = loaded.fd ;
    return 1 ;
  }
  e = errno ;
  free(loaded.map) ;
  fd_close(fd) ;
  errno = e ;
  return 0 ;
}
