/* ISC license. */

/* Which keys each lookup tries, in which order, and what it says of them. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "support/rules.h"
#include "support/tap.h"

static accessrules_params params = ACCESSRULES_PARAMS_ZERO ;

 /* What a lookup says, and the key that it says it by. */

static void judge (accessrules_result got, accessrules_result wanted, char const *key, char const *name, char const *detail)
{
  tap_int(got, wanted, "%s%s: the result", name, detail) ;
  tap_string(params.key, key, "%s%s: the key", name, detail) ;
}

 /* errno is still that of the lookup. */

static void refuse (accessrules_result got, int wanted, char const *name, char const *detail)
{
  int e = errno ;
  judge(got, ACCESSRULES_ERROR, "", name, detail) ;
  tap_error(e, wanted, "%s%s: why", name, detail) ;
}

 /* Removes the rule that decides, again and again: the keys in the order of their weight. */

typedef accessrules_result lookup_function (accessrules const *) ;

static void check_order (char const *name, lookup_function *lookup, char const *const *keys, size_t n)
{
  accessrules rules = ACCESSRULES_ZERO ;
  struct testrule made[16] ;
  rules_remove("rules") ;
  for (size_t i = 0 ; i < n ; i++)
  {
    struct testrule rule = { .key = keys[i], .action = i & 1 ? "deny" : "allow" } ;
    made[i] = rule ;
  }
  for (size_t i = 0 ; i <= n ; i++)
  {
    accessrules_result wanted = i == n ? ACCESSRULES_NOTFOUND : i & 1 ? ACCESSRULES_DENY : ACCESSRULES_ALLOW ;
    char const *key = i == n ? "" : keys[i] ;
    char detail[64] ;
    rules_remove("rules") ;
    rules_directory("rules", made + i, n - i) ;
    rules_cdb("rules.cdb", made + i, n - i) ;
    snprintf(detail, sizeof(detail), ", directory: %s", i == n ? "nothing" : key) ;
    if (!accessrules_open_dir(&rules, "rules")) tap_bail("rules") ;
    judge((*lookup)(&rules), wanted, key, name, detail) ;
    accessrules_close(&rules) ;
    snprintf(detail, sizeof(detail), ", cdb: %s", i == n ? "nothing" : key) ;
    if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
    judge((*lookup)(&rules), wanted, key, name, detail) ;
    accessrules_close(&rules) ;
  }
}

static uid_t uid ;
static gid_t gid ;

static accessrules_result look_up_ids (accessrules const *rules)
{
  return accessrules_uidgid(rules, uid, gid, &params) ;
}

static void check_ids (void)
{
  char number[2][32] ;
  char const *own[] = { "uid/self", number[0], "gid/self", number[1], "uid/default" } ;
  char const *foreign[] = { number[0], number[1], "uid/default" } ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    uid = geteuid() + i * 1000 ;
    gid = getegid() + i * 1000 ;
    snprintf(number[0], sizeof(number[0]), "uid/%lu", (unsigned long)uid) ;
    snprintf(number[1], sizeof(number[1]), "gid/%lu", (unsigned long)gid) ;
    if (i) check_order("another's ids", &look_up_ids, foreign, 3) ;
    else check_order("own ids", &look_up_ids, own, 5) ;
  }
  uid = gid = 4294967294u ;
  foreign[0] = "uid/4294967294" ;
  foreign[1] = "gid/4294967294" ;
  check_order("the largest ids", &look_up_ids, foreign, 3) ;
}

static char const *host ;

static accessrules_result look_up_host (accessrules const *rules)
{
  return accessrules_reversedns(rules, host, &params) ;
}

static void check_names (void)
{
  static char const *const keys[] = { "reversedns/foo.bar.com", "reversedns/bar.com", "reversedns/com", "reversedns/@" } ;
  host = "foo.bar.com" ;
  check_order("name", &look_up_host, keys, 4) ;
  host = "foo.bar.com." ;
  check_order("name with a final dot", &look_up_host, keys, 4) ;
}

static void check_bad_names (void)
{
  static char const *const bad[] = { ".", "..", "a..b", ".a", "a..", "../../uid/0", "a/b", "/", "a/" } ;
  static struct testrule const all = { .key = "reversedns/@", .action = "allow" } ;
  accessrules rules = ACCESSRULES_ZERO ;
  char name[ACCESSRULES_NAME_MAX + 2] ;
  rules_remove("rules") ;
  rules_directory("rules", &all, 1) ;
  if (!accessrules_open_dir(&rules, "rules")) tap_bail("rules") ;
  for (size_t i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++)
    refuse(accessrules_reversedns(&rules, bad[i], &params), EINVAL, "a name that is not looked up: ", bad[i]) ;
  judge(accessrules_reversedns(&rules, "", &params), ACCESSRULES_NOTFOUND, "", "no name: no rule, @ included", "") ;
  memset(name, 'a', sizeof(name)) ;
  name[ACCESSRULES_NAME_MAX + 1] = 0 ;
  refuse(accessrules_reversedns(&rules, name, &params), ENAMETOOLONG, "a name that is too long", "") ;
  name[ACCESSRULES_NAME_MAX] = 0 ;
  tap_int(accessrules_reversedns(&rules, name, &params), ACCESSRULES_ALLOW, "the longest name") ;
  accessrules_close(&rules) ;
}

static void check_keys (void)
{
  static char const *const bad[] = { "", "/", "uid", "uid/", "/0", "uid/0/env", "uid/../uid", "./uid", "uid/..", "../uid", "uid//0" } ;
  static struct testrule const all = { .key = "class/name", .action = "allow" } ;
  accessrules rules = ACCESSRULES_ZERO ;
  rules_remove("rules") ;
  rules_directory("rules", &all, 1) ;
  if (!accessrules_open_dir(&rules, "rules")) tap_bail("rules") ;
  judge(accessrules_key(&rules, "class/name", &params), ACCESSRULES_ALLOW, "class/name", "a key as it stands", "") ;
  judge(accessrules_key(&rules, params.key, &params), ACCESSRULES_ALLOW, "class/name", "a key from the last lookup", "") ;
  judge(accessrules_key(&rules, "class/other", &params), ACCESSRULES_NOTFOUND, "", "a key that is not there", "") ;
  for (size_t i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++)
    refuse(accessrules_key(&rules, bad[i], &params), EINVAL, "no key: ", bad[i]) ;
  accessrules_close(&rules) ;
}

static void check_ip46 (void)
{
  static struct testrule const made[] = { { .key = "ip4/1.2.3.4_32", .action = "allow" }, { .key = "ip6/102:304::_32", .action = "deny" } } ;
  static char const ip[16] = { 1, 2, 3, 4 } ;
  accessrules rules = ACCESSRULES_ZERO ;
  rules_cdb("rules.cdb", made, 2) ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  tap_int(accessrules_ip46(&rules, ip, 0, &params), ACCESSRULES_ALLOW, "four bytes are an IPv4 address") ;
  tap_int(accessrules_ip46(&rules, ip, 1, &params), ACCESSRULES_DENY, "sixteen are an IPv6 address") ;
  accessrules_close(&rules) ;
}

int main (void)
{
  check_ids() ;
  check_names() ;
  check_bad_names() ;
  check_keys() ;
  check_ip46() ;
  accessrules_params_free(&params) ;
  return tap_done() ;
}
