/* ISC license. */

/* Any bytes as a cdb of access rules: every lookup and both readers. A cdb
   that the check refuses is walked all the same, as if it had been good;
   and it is looked up in on the disk, which must give the same answers. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"
#include "support/fuzz.h"

static void must (int condition)
{
  if (!condition) abort() ;
}

static void read_rule (accessrules const *rules, accessrules_result judged, accessrules_params *params, int sound)
{
  accessrules_result result = accessrules_read(rules, params) ;
  if (judged == ACCESSRULES_NOTFOUND) must(result == ACCESSRULES_NOTFOUND) ;
  if (judged == ACCESSRULES_DENY) must(result == ACCESSRULES_DENY) ;
  if (sound) must(judged != ACCESSRULES_ERROR) ;
  if (result != ACCESSRULES_ALLOW) must(!params->env.len && !params->exec.len) ;
  if (params->env.len) must(!params->env.s[params->env.len - 1]) ;
  if (params->exec.len) must(strlen(params->exec.s) + 1 == params->exec.len) ;
  must(params->exec.len <= ACCESSRULES_EXEC_MAX + 1 && params->env.len <= ACCESSRULES_ENV_MAX) ;
}

enum { LOOKUPS = 5 } ;

static void look_up (accessrules const *rules, int sound, accessrules_result *results)
{
  static char const ip[] = "\xfe\x80\1\2\3\4\5\6\7\10\11\12\13\14\15\16" ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  read_rule(rules, results[0] = accessrules_uidgid(rules, 0, 0, &params), &params, sound) ;
  read_rule(rules, results[1] = accessrules_uidgid(rules, 1000, 100, &params), &params, sound) ;
  read_rule(rules, results[2] = accessrules_ip4(rules, ip + 4, &params), &params, sound) ;
  read_rule(rules, results[3] = accessrules_ip46(rules, ip, 1, &params), &params, sound) ;
  read_rule(rules, results[4] = accessrules_reversedns(rules, "a.example.org", &params), &params, sound) ;
  accessrules_params_free(&params) ;
}

static void look_up_on_disk (accessrules const *inmemory, int sound, accessrules_result const *wanted)
{
  static FILE *file = 0 ;
  accessrules_result results[LOOKUPS] ;
  accessrules rules = *inmemory ;
  if (!file) file = tmpfile() ;
  must(!!file) ;
  rules.fd = fileno(file) ;
  must(!ftruncate(rules.fd, 0) && pwrite(rules.fd, rules.map, rules.size, 0) == (ssize_t)rules.size) ;
  look_up(&rules, sound, results) ;
  must(!memcmp(results, wanted, sizeof(results))) ;
}

static void walk (char const *map, size_t size)
{
  ruleset_record record ;
  ruleset_value value ;
  uint32_t position = ACCESSRULES_CDB_HEADER_SIZE ;
  while (ruleset_cdb_next(map, size, &position, &record) > 0)
  {
    ruleset_cdb_value(record.data, record.datalen, &value) ;
    ruleset_key_is_sound(record.key, record.keylen) ;
  }
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  accessrules rules = { .path = "fuzz", .map = (char *)input, .size = len, .fd = -1 } ;
  accessrules_result results[LOOKUPS] ;
  int sound = ruleset_cdb_check(rules.map, rules.size) ;
  look_up(&rules, sound, results) ;
  look_up_on_disk(&rules, sound, results) ;
  walk(rules.map, rules.size) ;
  return 0 ;
}

FUZZ_MAIN()
