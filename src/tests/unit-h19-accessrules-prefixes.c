/* ISC license. */

/* H19: all 33 and 129 prefix lengths, allow and deny, in both backends. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "support/rules.h"
#include "support/tap.h"

static accessrules_params params = ACCESSRULES_PARAMS_ZERO ;

static char const addresses[][17] =
{
  "\xc0\xa8\x01\xff",
  "\x55\xaa\x55\xaa",
  "\x20\x01\x0d\xb8\x85\xa3\x08\xd3\x13\x19\x8a\x2e\x03\x70\x73\x48",
  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
  "\x2a\x00\x14\x50\x40\x02\x08\x03\x00\x00\x00\x00\x00\x00\x10\x06"
} ;
enum { FIRST_IP6 = 2, ADDRESSES = 5 } ;

 /* The key of ip's network, made by the C library. */

static void key_of (char *key, size_t size, char const *ip, int is6, unsigned int bits)
{
  char net[16] = { 0 } ;
  char text[INET6_ADDRSTRLEN] ;
  memcpy(net, ip, is6 ? 16 : 4) ;
  for (unsigned int i = bits ; i < (is6 ? 128u : 32u) ; i++) net[i / 8] &= ~(0x80 >> i % 8) ;
  if (!inet_ntop(is6 ? AF_INET6 : AF_INET, net, text, sizeof(text))) tap_bail("inet_ntop") ;
  snprintf(key, size, "ip%c/%s_%u", is6 ? '6' : '4', text, bits) ;
}

 /* Tells what it says instead. */

static int says (accessrules const *rules, char const *ip, int is6, accessrules_result wanted, char const *key)
{
  accessrules_result got = accessrules_ip46(rules, ip, is6, &params) ;
  if (got == wanted && !strcmp(params.key, key)) return 1 ;
  tap_diag("got %d by \"%s\", wanted %d by \"%s\"", got, params.key, wanted, key) ;
  return 0 ;
}

static int judge (accessrules const *rules, char const *ip, int is6, unsigned int bits, accessrules_result wanted, char const *key)
{
  char neighbour[16] ;
  if (!says(rules, ip, is6, wanted, key)) return 0 ;
  if (!bits) return 1 ;
  memcpy(neighbour, ip, is6 ? 16 : 4) ;
  neighbour[(bits - 1) / 8] ^= 0x80 >> (bits - 1) % 8 ; /* just outside */
  return says(rules, neighbour, is6, ACCESSRULES_NOTFOUND, "") ;
}

 /* That rule alone. */

static int judge_alone (char const *ip, int is6, unsigned int bits, char const *action)
{
  char key[64] ;
  struct testrule rule = { .key = key, .action = action } ;
  accessrules_result wanted = strcmp(action, "allow") ? ACCESSRULES_DENY : ACCESSRULES_ALLOW ;
  accessrules rules = ACCESSRULES_ZERO ;
  int good ;
  key_of(key, sizeof(key), ip, is6, bits) ;
  rules_remove("rules") ;
  rules_directory("rules", &rule, 1) ;
  if (!accessrules_open_dir(&rules, "rules")) tap_bail("rules") ;
  good = judge(&rules, ip, is6, bits, wanted, key) ;
  accessrules_close(&rules) ;
  rules_cdb("rules.cdb", &rule, 1) ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  good = good && judge(&rules, ip, is6, bits, wanted, key) ;
  accessrules_close(&rules) ;
  return good ;
}

 /* Rules of every length up to longest, allow and deny in turn: the longest decides. */

static int judge_nested (char const *ip, int is6, unsigned int longest)
{
  static char keys[129][64] ;
  static struct testrule made[129] ;
  accessrules rules = ACCESSRULES_ZERO ;
  int good ;
  for (unsigned int i = 0 ; i <= longest ; i++)
  {
    key_of(keys[i], sizeof(keys[i]), ip, is6, i) ;
    made[i].key = keys[i] ;
    made[i].action = i & 1 ? "deny" : "allow" ;
  }
  rules_cdb("rules.cdb", made, longest + 1) ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  good = says(&rules, ip, is6, longest & 1 ? ACCESSRULES_DENY : ACCESSRULES_ALLOW, keys[longest]) ;
  accessrules_close(&rules) ;
  return good ;
}

static void check (char const *ip, int is6)
{
  for (unsigned int bits = 0 ; bits <= (is6 ? 128u : 32u) ; bits++)
  {
    char key[64] ;
    key_of(key, sizeof(key), ip, is6, bits) ;
    tap_ok(judge_alone(ip, is6, bits, "allow"), "%s allows", key) ;
    tap_ok(judge_alone(ip, is6, bits, "deny"), "%s denies", key) ;
    tap_ok(judge_nested(ip, is6, bits), "%s is heard before shorter ones", key) ;
  }
}

 /* Canonical forms about which libraries differ. */

static void check_text (char const *text, char const *key)
{
  struct testrule rule = { .key = key, .action = "allow" } ;
  accessrules rules = ACCESSRULES_ZERO ;
  char ip[16] ;
  if (inet_pton(AF_INET6, text, ip) != 1) tap_bail(text) ;
  rules_cdb("rules.cdb", &rule, 1) ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  tap_int(accessrules_ip6(&rules, ip, &params), ACCESSRULES_ALLOW, "%s is %s", text, key) ;
  accessrules_close(&rules) ;
}

int main (void)
{
  for (unsigned int i = 0 ; i < ADDRESSES ; i++) check(addresses[i], i >= FIRST_IP6) ;
  check_text("1:0:2:3:4:5:6:7", "ip6/1:0:2:3:4:5:6:7_128") ;
  check_text("2001:db8:0:0:1:0:0:1", "ip6/2001:db8::1:0:0:1_128") ;
  check_text("1:0:0:2:0:0:0:3", "ip6/1:0:0:2::3_128") ;
  check_text("::ffff:1.2.3.4", "ip6/::ffff:102:304_128") ;
  check_text("::1", "ip6/::1_128") ;
  check_text("::", "ip6/::_128") ;
  check_text("FE80::00AB", "ip6/fe80::ab_128") ;
  accessrules_params_free(&params) ;
  return tap_done() ;
}
