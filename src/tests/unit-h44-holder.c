/* ISC license. */

/* H44, in the holder: whose expression costs too much is denied, and a warning names the rule.
   What is refused would take seconds or gigabytes; what is not, neither. */

#include <sys/resource.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libfdholderd/policy.h"
#include "support/child.h"
#include "support/rules.h"
#include "support/tap.h"

enum
{
  SOMEBODY = 12345,
  ROOM = 4096,
  ID_LENGTH = 250,
  SECONDS_MAX = 2,  /* on a busy machine; a tenth is more like it */
  MEGABYTES_MAX = 128
} ;

struct run
{
  int isgranted ;  /* more than 100: it failed, or was killed */
  char log[ROOM] ;
} ;

static int judge (void *unused)
{
  static struct policy policy ;
  static struct log logger = LOG_ZERO ;
  static struct complaints complaints ;
  char id[ID_LENGTH + 1] ;
  struct rlimit cpu = { .rlim_cur = SECONDS_MAX, .rlim_max = SECONDS_MAX } ;
  struct rlimit memory = { .rlim_cur = (rlim_t)MEGABYTES_MAX << 20, .rlim_max = (rlim_t)MEGABYTES_MAX << 20 } ;
  struct rights rights ;
  tain now = TAIN_EPOCH ;
  int fd = open("log", O_WRONLY | O_CREAT | O_TRUNC, 0644) ;
  (void)unused ;
  if (fd == -1 || dup2(fd, 2) == -1) return 101 ;
  setrlimit(RLIMIT_CPU, &cpu) ;
  if (!getenv("SANITIZED")) setrlimit(RLIMIT_AS, &memory) ;  /* the shadow of a sanitizer is bigger */
  memset(id, 'a', ID_LENGTH) ;
  id[ID_LENGTH] = 0 ;
  complaint_init(&complaints, &logger) ;
  if (!policy_init_dir(&policy, "rules", &complaints)) return 102 ;
  if (!policy_admit(&policy, &rights, SOMEBODY, SOMEBODY, &now)) return 103 ;
  return policy_may(&policy, &rights, RIGHT_STORE, id, &now) ;
}

static void run (char const *text, struct run *r)
{
  char variable[ROOM] ;
  char key[32] ;
  struct testrule rule = { .action = "allow", .variable = variable } ;
  ssize_t len ;
  int fd ;
  snprintf(key, sizeof(key), "uid/%d", SOMEBODY) ;
  snprintf(variable, sizeof(variable), "S6_FDHOLDER_STORE_REGEX=%s", text) ;
  rule.key = key ;
  rules_remove("rules") ;
  rules_directory("rules", &rule, 1) ;
  r->isgranted = child_run(&judge, 0) ;
  fd = open("log", O_RDONLY) ;
  len = fd == -1 ? -1 : read(fd, r->log, sizeof(r->log) - 1) ;
  if (len < 0) tap_bail("log") ;
  r->log[len] = 0 ;
  close(fd) ;
}

static void refused (char const *name, char const *text, char const *why)
{
  struct run r ;
  char wanted[128] ;
  char begin[128] ;
  snprintf(wanted, sizeof(wanted), ": costs too much: %s: denied\n", why) ;
  snprintf(begin, sizeof(begin), ": warning: rule uid/%d: unable to compile S6_FDHOLDER_STORE_REGEX, \"", SOMEBODY) ;
  run(text, &r) ;
  tap_int(r.isgranted, 0, "refused: %s", name) ;
  tap_contains(r.log, begin, "refused: %s: the rule is named", name) ;
  tap_contains(r.log, wanted, "refused: %s: it is said why", name) ;
}

static void taken (char const *name, char const *text, int isgranted)
{
  struct run r ;
  run(text, &r) ;
  tap_int(r.isgranted, isgranted, "taken, and cheap: %s", name) ;
  tap_string(r.log, "", "taken: %s: nothing is said", name) ;
}

 /* One text many times, between two others. */

static char const *repeated (char const *before, char const *s, unsigned int n, char const *after)
{
  static char text[ROOM] ;
  strcpy(text, before) ;
  while (n--) strcat(text, s) ;
  return strcat(text, after) ;
}

static char const *nested (char const *inner, unsigned int n, char const *after)
{
  static char text[ROOM] ;
  strcpy(text, repeated("", "(", n, inner)) ;
  while (n--) strcat(text, after) ;
  return text ;
}

static char const product[] = "bounds that multiply to more than 4096" ;
static char const places[] = "too many repetitions" ;
static char const choices[] = "too many repetitions and alternatives" ;
static char const reference[] = "a back-reference" ;

static void refusals (void)
{
  refused("a back-reference", "(a*)\\1", reference) ;
  refused("back-references that try everything", "^(a*)*(a*)*(a*)*(a*)*(a*)*\\1\\2\\3\\4\\5b$", reference) ;
  refused("a back-reference behind a class with a bracket", "([]a])[^]]\\1", reference) ;
  refused("and behind one with a name", "([[:alpha:]]])\\9", reference) ;
  refused("a bound of 4097", "a{4097}", product) ;
  refused("its lower end", "a{4097,}", product) ;
  refused("its upper end", "a{0,4097}", product) ;
  refused("nothing before its comma", "a{,4097}", product) ;
  refused("a bound that no number has room for", "a{99999999999999999999}", product) ;
  refused("nested bounds", "(a{64}){65}", product) ;
  refused("three of them", "(((a{17}){17}){17})", product) ;
  refused("gigabytes", "((((a{100}){100}){100}){100})", product) ;
  refused("nested bounds in an alternative", "x|(y|(a{64}){65})", product) ;
  refused("bounds one behind the other", "a{64}{65}", product) ;
  refused("nested bounds behind a closing parenthesis", "a)(b{64}){65}", product) ;
  refused("a long group", repeated("(", "abcdefghij", 100, "){4096}"), places) ;
  refused("nested +", nested("a", 20, ")+"), choices) ;
  refused("+ on +", repeated("a", "+", 20, ""), choices) ;
  refused("loops in loops", "((a*)*){2000}", choices) ;
  refused("so much that is optional", "(a?){4096}", choices) ;
  refused("the same as a bound", "a{0,4096}", choices) ;
  refused("alternatives", "(a|b|c|d){1000}", choices) ;
  refused("1025 bytes", repeated("", "x", 1025, ""), "more than 1024 bytes") ;
}

static void acceptances (void)
{
  taken("a word", "^a", 1) ;
  taken("everything", "^", 1) ;
  taken("a list of words", "^(unix:/run/[^/]+|tcp:[0-9.]+:(80|443)|a+)$", 1) ;
  taken("1024 bytes", repeated("^", "a", 1023, ""), 0) ;
  if (RE_DUP_MAX >= 4096) taken("a bound of 4096", "a{4096}", 0) ;
  taken("4096 by two", "(a{64}){64}", 0) ;
  taken("bounds that are not nested", "^a{1,200}b{0,200}", 1) ;
  taken("the length of an id", "^.{1,255}$", 1) ;
  taken("what looks like a back-reference in a class", "^[\\1a]", 1) ;
  taken("and behind a backslash", "^\\\\1|a", 1) ;
  taken("what looks like a bound in a class", "^[{99999}a]", 1) ;
  taken("an escaped brace", "\\{99999}|a", 1) ;
  taken("a class that begins with a bracket", "^[]a]{4}$|^[^]b]", 1) ;
  taken("512 loops", repeated("", "a*", 512, ""), 1) ;
  taken("loops in 100 groups", nested("a", 100, ")*"), 1) ;
  taken("the dearest loops", "((a*)*){255}", 1) ;
  taken("and three in each other", "(((a*)*)*){170}", 1) ;
  taken("with alternatives", "(((a|b)*(c|d)*)*){100}", 1) ;
  if (RE_DUP_MAX >= 512) taken("as much as may be optional", "(a?){512}", 1) ;
  taken("as many copies as may be", repeated("(", "a", 1000, "){16}"), 0) ;
}

 /* The warning is not for each request. */

static void once (void)
{
  struct run r ;
  unsigned int lines = 0 ;
  run("(a)\\1", &r) ;
  for (char const *s = r.log ; (s = strchr(s, '\n')) ; s++) lines++ ;
  tap_int(lines, 1, "one line says so") ;
}

int main (void)
{
  PROG = "unit-h44-holder" ;
  refusals() ;
  acceptances() ;
  once() ;
  return tap_done() ;
}
