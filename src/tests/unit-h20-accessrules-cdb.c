/* ISC license. */

/* H20: a cdb cut short or overwritten is refused or judged, never believed
   where the whole one would not allow, and the good one that is in use stays.
   Longer than most files: all kinds of damage are done to the one original. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static void load_original (void)
{
  rules_cdb("rules.cdb", made, RULES) ;
  size = rules_read("rules.cdb", original, sizeof(original)) ;
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
  tap_int(believed, 0, "cut short at each of %zu lengths: refused", size) ;
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
      if (!rules_cdb_isaction(original, size, i)) worse += is_worse(copy, before) ;
    }
    copy[i] = 0 ;
    worse += is_worse(copy, before) ;
    copy[i] = original[i] ;
  }
  free(copy) ;
  tap_int(worse, 0, "each of %zu bytes overwritten: never a new allow", size) ;
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
    if (rules_cdb_isaction(original, size, i)) continue ;
    for (size_t j = i + 1 ; j < size ; j += 3)
    {
      if (rules_cdb_isaction(original, size, j)) continue ;
      copy[i] = original[j] ;
      copy[j] = original[i] ;
      worse += is_worse(copy, before) ;
      copy[j] = original[j] ;
    }
    copy[i] = original[i] ;
  }
  free(copy) ;
  tap_int(worse, 0, "bytes exchanged: never a new allow") ;
}

 /* What is in use: first is what it says of uid 1. */

static void check_judged (accessrules const *rules, accessrules_result first, char const *name)
{
  accessrules_result results[PROBES] ;
  probe(rules->map, rules->size, results) ;
  tap_int(results[1], first, "%s: uid 1", name) ;
  tap_int(results[2], ACCESSRULES_DENY, "%s: uid 2", name) ;
  tap_int(results[5], ACCESSRULES_ALLOW, "%s: gid 5", name) ;
}

static void check_not_reloaded (accessrules *rules, int wanted, char const *name)
{
  int isreloaded = accessrules_reload(rules) ;
  int e = errno ;
  tap_ok(!isreloaded, "%s, reloaded: refused", name) ;
  tap_error(e, wanted, "%s, reloaded: why", name) ;
  check_judged(rules, ACCESSRULES_ALLOW, name) ;
}

static void check_reload (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  check_judged(&rules, ACCESSRULES_ALLOW, "a good file") ;
  if (truncate("rules.cdb", 100) == -1) tap_bail("truncate") ;
  check_judged(&rules, ACCESSRULES_ALLOW, "cut short while it is used: no signal, and as before") ;
  check_not_reloaded(&rules, EPROTO, "cut short") ;
  rules_file("rules.cdb", original, size - 1) ;
  check_not_reloaded(&rules, EPROTO, "one byte short") ;
  rules_remove("rules.cdb") ;
  check_not_reloaded(&rules, ENOENT, "gone") ;
  rules_cdb("rules.cdb", made + 1, RULES - 1) ;
  tap_ok(accessrules_reload(&rules), "another good file, reloaded") ;
  check_judged(&rules, ACCESSRULES_DENY, "another good file is heard") ;
  accessrules_close(&rules) ;
  accessrules_close(&rules) ;
  tap_ok(!rules.path, "closed twice: no path") ;
  tap_ok(!rules.map, "closed twice: no map") ;
}

static void check_refused (char const *file, int wanted, char const *name)
{
  accessrules rules = ACCESSRULES_ZERO ;
  int isopen = accessrules_open_cdb(&rules, file) ;
  int e = errno ;
  tap_ok(!isopen, "%s is refused", name) ;
  tap_error(e, wanted, "%s: why", name) ;
  tap_ok(!rules.path, "%s: no path", name) ;
  tap_ok(!rules.map, "%s: no map", name) ;
}

static void check_kinds (void)
{
  static char const *const bad[] = { "", "X", "A", "A\0\0\0", "DD", "A\0\1=\0\0", "A\0\2x\0\0", "A\0\3\0x\0\0\0", "A\0\0\0\1" } ;
  static size_t const lengths[] = { 0, 1, 1, 4, 2, 6, 6, 8, 5 } ;
  check_refused("missing", ENOENT, "a file that is missing") ;
  check_refused(".", EINVAL, "a directory") ;
  if (mkfifo("fifo", 0600) == -1) tap_bail("mkfifo") ;
  check_refused("fifo", EINVAL, "a FIFO, which does not block,") ;
  rules_file("big", "", 0) ;
  if (truncate("big", (off_t)ACCESSRULES_CDB_MAX + 1) == -1) tap_bail("truncate") ;
  check_refused("big", EFBIG, "a file that is too big") ;
  if (truncate("big", (off_t)ACCESSRULES_CDB_MAX) == -1) tap_bail("truncate") ;
  check_refused("big", EPROTO, "a file of zeros") ;
  for (unsigned int i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++)
  {
    char name[32] ;
    snprintf(name, sizeof(name), "a cdb of malformed rule %u", i) ;
    rules_cdb_record("bad.cdb", "uid/1", bad[i], lengths[i]) ;
    check_refused("bad.cdb", EPROTO, name) ;
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
  tap_int(accessrules_key(&rules, forged, &params), ACCESSRULES_NOTFOUND, "a record within another one is not found") ;
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
