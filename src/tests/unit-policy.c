/* ISC license. */

 /* policy.h: rights as rules give them, and when they are read again. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>
#include <skalibs/strerr.h>

#include "libdaemon/complaint.h"
#include "libfdholderd/policy.h"
#include "support/capture.h"
#include "support/rules.h"
#include "support/tap.h"

enum { SOMEBODY = 12345 } ;

static struct log logger = LOG_ZERO ;
static struct complaints complaints ;
static struct policy policy ;

static tain at (unsigned int milliseconds)
{
  tain t = TAIN_EPOCH ;
  t.sec.x += milliseconds / 1000 ;
  t.nano = milliseconds % 1000 * 1000000 ;
  return t ;
}

static void rule (char const *name, char const *text)
{
  char path[128] ;
  snprintf(path, sizeof(path), "rules/uid/%d/env/S6_FDHOLDER_%s", SOMEBODY, name) ;
  if (!text) unlink(path) ;
  else rules_file(path, text, strlen(text)) ;
}

static void make_rules (void)
{
  char key[32] ;
  struct testrule const rule = { .key = key, .action = "allow" } ;
  snprintf(key, sizeof(key), "uid/%d", SOMEBODY) ;
  rules_directory("rules", &rule, 1) ;
}

static int may (enum right right, char const *id)
{
  struct rights r ;
  tain now = at(0) ;
  int result ;
  if (!policy_admit(&policy, &r, SOMEBODY, SOMEBODY, &now)) return -1 ;
  result = policy_may(&policy, &r, right, id, &now) ;
  policy_forget(&policy, &r) ;
  return result ;
}

static void default_deny (void)
{
  struct rights r ;
  tain now = at(0) ;
  tap_ok(!policy_admit(&policy, &r, SOMEBODY + 1, SOMEBODY + 1, &now), "no rule, no connection") ;
  tap_int(may(RIGHT_NONE, 0), 1, "leave to connect is a rule") ;
  for (enum right right = RIGHT_STORE ; right < RIGHT_COUNT ; right++)
    tap_int(may(right, "x"), 0, "leave to connect alone gives no right %d", right) ;
}

static void expressions (void)
{
  rule("STORE_REGEX", "^unix:\n") ;
  tap_int(may(RIGHT_STORE, "unix:x"), 1, "an expression grants what it matches") ;
  tap_int(may(RIGHT_STORE, "x:unix:"), 0, "and nothing else") ;
  tap_int(may(RIGHT_RETRIEVE, "unix:x"), 0, "and no other right") ;
  rule("STORE_REGEX", "(a|b)+$") ;
  tap_int(may(RIGHT_STORE, "xxab"), 1, "expressions are extended ones") ;
  tap_int(may(RIGHT_STORE, "abx"), 0, "to the end") ;
  rule("STORE_REGEX", "\n") ;
  tap_int(may(RIGHT_STORE, "unix:x"), 0, "a newline alone is no expression: denied") ;
  rule("STORE_REGEX", "") ;
  tap_int(may(RIGHT_STORE, "unix:x"), 0, "an empty file is no expression: denied") ;
  rule("STORE_REGEX", "(") ;
  tap_int(may(RIGHT_STORE, "("), 0, "an expression that does not compile denies") ;
  tap_int(may(RIGHT_STORE, "x"), 0, "everything") ;
  rule("STORE_REGEX", 0) ;
}

 /* Asked in that order, each text again and again. */

static void remembered (void)
{
  static struct { char const *text ; int want ; } const asked[] = { { "abc", 1 }, { "abc", 1 }, { "bc", 0 }, { "bc", 0 }, { "abc", 1 }, { "", 0 } } ;
  struct rights const asker = { .uid = SOMEBODY } ;
  tain const now = at(0) ;
  struct expression *e = expression_get(&policy, &asker, "X", "^ab", &now) ;
  for (unsigned int i = 0 ; i < sizeof(asked) / sizeof(*asked) ; i++)
    tap_int(expression_matches(e, asked[i].text), asked[i].want, "an answer that is remembered is the one that was given: %s", asked[i].text) ;
  expression_release(&policy, e) ;
}

static uint32_t maxfds (void)
{
  struct rights r ;
  tain now = at(0) ;
  uint32_t result ;
  if (!policy_admit(&policy, &r, SOMEBODY, SOMEBODY, &now)) tap_bail("policy_admit") ;
  result = policy_maxfds(&policy, &r, &now) ;
  policy_forget(&policy, &r) ;
  return result ;
}

static void quotas (void)
{
  static char const *const bad[] = { "x", "1x", "-1", "4294967296", "1 2", "", "\n", "0x10" } ;
  tap_int(maxfds(), POLICY_ANY, "no quota: any number") ;
  rule("MAXFDS", "12\n") ;
  tap_int(maxfds(), 12, "a quota is a number") ;
  rule("MAXFDS", "0") ;
  tap_int(maxfds(), 0, "also 0") ;
  for (unsigned int i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++)
  {
    rule("MAXFDS", bad[i]) ;
    tap_int(maxfds(), 0, "what is no number is 0: %u", i) ;
  }
  rule("MAXFDS", 0) ;
  tap_int(maxfds(), POLICY_ANY, "and without it there is none again") ;
}

static void flags (void)
{
  rule("LIST", "\n") ;
  tap_int(may(RIGHT_LIST, 0), 1, "a newline alone grants list") ;
  tap_int(may(RIGHT_GETDUMP, 0), 0, "but not getdump") ;
  tap_int(may(RIGHT_SETDUMP, 0), 0, "nor setdump") ;
  rule("LIST", "") ;
  tap_int(may(RIGHT_LIST, 0), 0, "an empty file does not") ;
  rule("LISTING", "\n") ;
  tap_int(may(RIGHT_LIST, 0), 0, "a longer name is another name") ;
  rule("LISTING", 0) ;
  rule("GETDUMP", "0") ;
  tap_int(may(RIGHT_GETDUMP, 0), 1, "anything grants getdump") ;
  rule("GETDUMP", 0) ;
  rule("LIST", 0) ;
}

static void freshness (void)
{
  struct rights r ;
  tain t0 = at(0), t1 = at(999), t2 = at(1000) ;
  policy_admit(&policy, &r, SOMEBODY, SOMEBODY, &t0) ;
  rule("LIST", "\n") ;
  tap_ok(policy_may(&policy, &r, RIGHT_LIST, 0, &t0), "rights are read when they are first needed") ;
  rule("LIST", 0) ;
  tap_ok(policy_may(&policy, &r, RIGHT_LIST, 0, &t1), "what was read serves for a second") ;
  tap_ok(!policy_may(&policy, &r, RIGHT_LIST, 0, &t2), "and not for longer") ;
  policy_forget(&policy, &r) ;
}

 /* The rule is gone when the first request comes. */

static void idle (void)
{
  struct rights r ;
  char path[64] ;
  tain t0 = at(0), t1 = at(1000) ;
  snprintf(path, sizeof(path), "rules/uid/%d/allow", SOMEBODY) ;
  rule("LIST", "\n") ;
  policy_admit(&policy, &r, SOMEBODY, SOMEBODY, &t0) ;
  unlink(path) ;
  tap_ok(!policy_may(&policy, &r, RIGHT_LIST, 0, &t1), "a connection that was idle for a second has the rights of now") ;
  policy_forget(&policy, &r) ;
  rule("LIST", 0) ;
  rules_file(path, "", 0) ;
}

static void warning (void)
{
  char s[256] ;
  struct capture c ;
  capture_begin(&c, &logger, 1) ;
  rule("RETRIEVE_REGEX", "bad[\033") ;
  may(RIGHT_RETRIEVE, "x") ;
  capture_end(&c, s, sizeof(s)) ;
  tap_contains(s, "S6_FDHOLDER_RETRIEVE_REGEX", "the warning about an expression names its variable") ;
  tap_contains(s, "\"bad[\\x1b\"", "and quotes it") ;
  rule("RETRIEVE_REGEX", 0) ;
}

static void compiled_once (void)
{
  struct rights r ;
  tain now = at(0) ;
  struct expression *first ;
  rule("RETRIEVE_REGEX", "^x$") ;
  policy_admit(&policy, &r, SOMEBODY, SOMEBODY, &now) ;
  policy_may(&policy, &r, RIGHT_RETRIEVE, "x", &now) ;
  first = r.one[RIGHT_RETRIEVE].expression ;
  policy_forget(&policy, &r) ;
  policy_admit(&policy, &r, SOMEBODY, SOMEBODY, &now) ;
  policy_may(&policy, &r, RIGHT_RETRIEVE, "x", &now) ;
  tap_ok(!!first, "a text is compiled") ;
  tap_ok(r.one[RIGHT_RETRIEVE].expression == first, "once for all connections") ;
  policy_forget(&policy, &r) ;
  for (unsigned int i = 0 ; i < 100 ; i++)
  {
    char text[16] ;
    snprintf(text, sizeof(text), "^y%u$", i) ;
    rule("RETRIEVE_REGEX", text) ;
    may(RIGHT_RETRIEVE, "x") ;
  }
  rule("RETRIEVE_REGEX", "^y0$") ;
  tap_int(may(RIGHT_RETRIEVE, "y0"), 1, "texts that were dropped for others are compiled again") ;
}

static void from_cdb (void)
{
  struct testrule const rules[] = { { .key = "uid/12345", .action = "allow", .variable = "S6_FDHOLDER_STORE_REGEX=^a" } } ;
  struct testrule const others[] = { { .key = "uid/12345", .action = "allow", .variable = "S6_FDHOLDER_LIST=" } } ;
  struct testrule const unset[] = { { .key = "uid/12345", .action = "allow", .variable = "S6_FDHOLDER_LIST" } } ;
  rules_cdb("rules.cdb", rules, 1) ;
  if (!policy_init_cdb(&policy, "rules.cdb", &complaints)) tap_bail("rules.cdb") ;
  tap_int(may(RIGHT_STORE, "ab"), 1, "a cdb gives the rights that it has") ;
  tap_int(may(RIGHT_STORE, "ba"), 0, "for no other id") ;
  tap_int(may(RIGHT_LIST, 0), 0, "and no other one") ;
  rules_cdb("rules.cdb", others, 1) ;
  tap_int(may(RIGHT_STORE, "ab"), 1, "a cdb that changes is not read again by itself") ;
  policy_reload(&policy) ;
  tap_int(may(RIGHT_STORE, "ab"), 0, "it is by a reload") ;
  tap_int(may(RIGHT_LIST, 0), 1, "with what it gives by now") ;
  rules_cdb("rules.cdb", unset, 1) ;
  policy_reload(&policy) ;
  tap_int(may(RIGHT_LIST, 0), 0, "a variable that a cdb unsets is no right") ;
  rules_file("rules.cdb", "no cdb", 6) ;
  policy_reload(&policy) ;
  tap_int(may(RIGHT_NONE, 0), 1, "a bad one changes nothing: there is a rule") ;
  tap_int(may(RIGHT_LIST, 0), 0, "and no right") ;
  policy_free(&policy) ;
}

int main (void)
{
  PROG = "unit-policy" ;
  logger.verbosity = 0 ;
  complaint_init(&complaints, &logger) ;
  make_rules() ;
  if (!policy_init_dir(&policy, "rules", &complaints)) tap_bail("policy_init_dir") ;
  default_deny() ;
  expressions() ;
  remembered() ;
  quotas() ;
  flags() ;
  freshness() ;
  idle() ;
  warning() ;
  compiled_once() ;
  policy_free(&policy) ;
  tap_ok(!policy_init_cdb(&policy, "rules", &complaints), "a directory is no cdb") ;
  policy_free(&policy) ;
  from_cdb() ;
  return tap_done() ;
}
