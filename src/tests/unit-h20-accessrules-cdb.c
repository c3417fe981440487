/* ISC license. */

/* H20: a cdb cut short or overwritten is refused or judged, never believed
   where the whole one would not allow, and the good one that is in use stays.
   Longer than most files: all kinds of damage are done to the one original. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"
#include "support/rules.h"
#include "support/tap.h"

enum { PROBES = 8, SIZE_MAX_HERE = 8192 } ;

static struct testrule made[] =
{
  { .key = "uid/1", .action = "allow", .variable = "A=x", .exec = "echo yes" },
  { .key = "uid/2", .action = "deny" },
  { .key = "uid/3", .action = "allow" },
  { .key = "gid/4", .action = "deny" },
  { .key = "gid/5", .action = "allow", .variable = "UNSET" },
  { .key = "uid/6", .action = "deny" },
  { .key = "uid/default", .action = "deny" } /* the last one */
} ;
enum { RULES = sizeof(made) / sizeof(*made) } ;

static char original[SIZE_MAX_HERE] ;
static size_t size ;

 /* Uids from 1 to PROBES, each with the gid of the same number, and every class besides. */

static void probe (char const *map, size_t len, accessrules_result *results)
{
  static char const ip[16] = { 1, 2, 3, 4 } ;
  accessrules rules = { .path = (char *)"probe", .map = (char *)map, .size = len, .fd = -1 } ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  for (unsigned int i = 0 ; i < PROBES ; i++)
  {
    results[i] = accessrules_uidgid(&rules, 100000 + i, 200000 + i, &params) ;
    if (i) results[i] = accessrules_uidgid(&rules, i, i, &params) ;
    accessrules_read(&rules, &params) ;
  }
  accessrules_ip4(&rules, ip, &params) ;
  accessrules_ip6(&rules, ip, &params) ;
  accessrules_reversedns(&rules, "a.b", &params) ;
  accessrules_params_free(&params) ;
}

 /* Whether byte i says what a rule does: nothing can tell that it was changed. */

static int is_action (size_t i)
{
  ruleset_record record ;
  uint32_t position = ACCESSRULES_CDB_HEADER_SIZE ;
  while (ruleset_cdb_next(original, size, &position, &record) > 0)
    if (record.data == original + i) return 1 ;
  return 0 ;
}

static void load_original (void)
{
  int fd ;
  rules_cdb("rules.cdb", made, RULES) ;
  fd = open("rules.cdb", O_RDONLY) ;
  if (fd == -1) tap_bail("rules.cdb") ;
  size = read(fd, original, sizeof(original)) ;
  close(fd) ;
}

static void check_truncated (void)
{
  unsigned int believed = 0 ;
  for (size_t len = 0 ; len < size ; len++)
  {
    accessrules_result results[PROBES] ;
    char *copy = malloc(len ? len : 1) ;
    if (!copy) tap_bail("malloc") ;
    memcpy(copy, original, len) ;
    believed += ruleset_cdb_check(copy, len) ;
    probe(copy, len, results) ; /* even so, nothing is read beyond */
    free(copy) ;
  }
  tap_ok(!believed, "cut short at each of %zu lengths: refused", size) ;
}

static int is_worse (char const *map, accessrules_result const *before)
{
  accessrules_result results[PROBES] ;
  int sound = ruleset_cdb_check(map, size) ;
  probe(map, size, results) ;
  if (!sound) return 0 ;
  for (unsigned int i = 0 ; i < PROBES ; i++)
    if (results[i] == ACCESSRULES_ALLOW && before[i] != ACCESSRULES_ALLOW) return 1 ;
  return 0 ;
}

static void check_overwritten (void)
{
  static unsigned char const masks[] = { 0x01, 0x80, 0xff, 0x05, 0x20 } ; /* 0x05 makes A of D */
  accessrules_result before[PROBES] ;
  unsigned int worse = 0 ;
  char *copy = malloc(size) ;
  if (!copy) tap_bail("malloc") ;
  probe(original, size, before) ;
  memcpy(copy, original, size) ;
  for (size_t i = 0 ; i < size ; i++)
  {
    for (unsigned int m = 0 ; m < sizeof(masks) ; m++)
    {
      copy[i] = original[i] ^ masks[m] ;
      if (!is_action(i)) worse += is_worse(copy, before) ;
    }
    copy[i] = 0 ;
    worse += is_worse(copy, before) ;
    copy[i] = original[i] ;
  }
  free(copy) ;
  tap_ok(!worse, "each of %zu bytes overwritten: never a new allow", size) ;
}

 /* Two bytes that swap a table's pointers, slots and so on: any two of the records and tables. */

static void check_pairs (void)
{
  accessrules_result before[PROBES] ;
  unsigned int worse = 0 ;
  char *copy = malloc(size) ;
  if (!copy) tap_bail("malloc") ;
  probe(original, size, before) ;
  memcpy(copy, original, size) ;
  for (size_t i = ACCESSRULES_CDB_HEADER_SIZE ; i < size ; i++)
  {
    if (is_action(i)) continue ;
    for (size_t j = i + 1 ; j < size ; j += 3)
    {
      if (is_action(j)) continue ;
      copy[i] = original[j] ;
      copy[j] = original[i] ;
      worse += is_worse(copy, before) ;
      copy[j] = original[j] ;
    }
    copy[i] = original[i] ;
  }
  free(copy) ;
  tap_ok(!worse, "bytes exchanged: never a new allow") ;
}

static int allows (accessrules const *rules)
{
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  accessrules_result results[PROBES] ;
  probe(rules->map, rules->size, results) ;
  accessrules_params_free(&params) ;
  return results[1] == ACCESSRULES_ALLOW && results[2] == ACCESSRULES_DENY && results[5] == ACCESSRULES_ALLOW ;
}

static void check_reload (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  tap_ok(allows(&rules), "a good file") ;
  if (truncate("rules.cdb", 100) == -1) tap_bail("truncate") ;
  tap_ok(allows(&rules), "cut short while it is used: no signal, and as before") ;
  tap_ok(!accessrules_reload(&rules) && errno == EPROTO && allows(&rules), "cut short, reloaded: refused, and as before") ;
  rules_file("rules.cdb", original, size - 1) ;
  tap_ok(!accessrules_reload(&rules) && errno == EPROTO && allows(&rules), "one byte short, reloaded: refused, and as before") ;
  rules_remove("rules.cdb") ;
  tap_ok(!accessrules_reload(&rules) && errno == ENOENT && allows(&rules), "gone, reloaded: refused, and as before") ;
  rules_cdb("rules.cdb", made + 1, RULES - 1) ;
  tap_ok(accessrules_reload(&rules) && !allows(&rules), "another good file, reloaded: heard") ;
  accessrules_close(&rules) ;
  accessrules_close(&rules) ;
  tap_ok(!rules.path && !rules.map, "closed twice") ;
}

static int is_refused (char const *file, int wanted)
{
  accessrules rules = ACCESSRULES_ZERO ;
  return !accessrules_open_cdb(&rules, file) && errno == wanted && !rules.path && !rules.map ;
}

static void check_kinds (void)
{
  static char const *const bad[] = { "", "X", "A", "A\0\0\0", "DD", "A\0\1=\0\0", "A\0\2x\0\0", "A\0\3\0x\0\0\0", "A\0\0\0\1" } ;
  static size_t const lengths[] = { 0, 1, 1, 4, 2, 6, 6, 8, 5 } ;
  tap_ok(is_refused("missing", ENOENT), "a file that is missing") ;
  tap_ok(is_refused(".", EINVAL), "a directory") ;
  if (mkfifo("fifo", 0600) == -1) tap_bail("mkfifo") ;
  tap_ok(is_refused("fifo", EINVAL), "a FIFO does not block") ;
  rules_file("big", "", 0) ;
  if (truncate("big", (off_t)ACCESSRULES_CDB_MAX + 1) == -1) tap_bail("truncate") ;
  tap_ok(is_refused("big", EFBIG), "a file that is too big") ;
  if (truncate("big", (off_t)ACCESSRULES_CDB_MAX) == -1) tap_bail("truncate") ;
  tap_ok(is_refused("big", EPROTO), "a file of zeros") ;
  for (unsigned int i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++)
  {
    rules_cdb_record("bad.cdb", "uid/1", bad[i], lengths[i]) ;
    tap_ok(is_refused("bad.cdb", EPROTO), "a cdb whose rule %u is malformed", i) ;
  }
}

static uint32_t get (char const *at)
{
  uint32_t number ;
  uint32_unpack(at, &number) ;
  return number ;
}

 /* A second record within the exec entry of the first: with a slot of its
    own it would be found, though no maker of cdb files ever wrote it. */

static void check_forged_slot (void)
{
  static char data[] = "A\0\0\0\23" "\6\0\0\0\5\0\0\0key/aaA\0\0\0" ;
  char *forged = data + 13 ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  accessrules rules = ACCESSRULES_ZERO ;
  uint32_t hash, table ;
  do
  {
    if (++forged[5] > 'z') forged[5] = 'a', forged[4]++ ;
    hash = ruleset_cdb_hash(forged, 6) ;
  }
  while (hash % ACCESSRULES_CDB_TABLES != ruleset_cdb_hash("uid/1", 5) % ACCESSRULES_CDB_TABLES) ;
  rules_cdb_record("forged.cdb", "uid/1", data, sizeof(data)) ;
  if (!accessrules_open_cdb(&rules, "forged.cdb")) tap_bail("forged.cdb") ;
  forged[6] = 0 ;
  table = get(rules.map + hash % ACCESSRULES_CDB_TABLES * ACCESSRULES_CDB_POINTER_SIZE) ;
  if (get(rules.map + table + 4)) table += ACCESSRULES_CDB_POINTER_SIZE ;
  tap_ok(accessrules_key(&rules, forged, &params) == ACCESSRULES_NOTFOUND, "a record within another one is not found") ;
  uint32_pack(rules.map + table, hash) ;
  uint32_pack(rules.map + table + 4, ACCESSRULES_CDB_HEADER_SIZE + 8 + 5 + 5) ;
  tap_ok(!ruleset_cdb_check(rules.map, rules.size), "not even with a slot of its own: such a file is refused") ;
  accessrules_close(&rules) ;
}

static void check_damage (char const *fallback)
{
  made[RULES - 1].action = fallback ;
  tap_diag("uid/default: %s", fallback) ;
  load_original() ;
  check_truncated() ;
  check_overwritten() ;
  check_pairs() ;
}

int main (void)
{
  check_damage("allow") ;
  check_damage("deny") ;
  check_reload() ;
  check_kinds() ;
  check_forged_slot() ;
  return tap_done() ;
}
