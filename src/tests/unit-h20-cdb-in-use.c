/* ISC license. */

/* H20, for a cdb that is read while it is looked up in: cut short or written
   over under our hands it gives an error, never a signal, and nobody gets in
   who would not have without. unit-h20-accessrules-cdb.c has whole files in
   memory. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"
#include "support/rules.h"
#include "support/tap.h"

enum { PROBES = 8, ROOM = 8192 } ;

static struct testrule const made[] =
{
  { .key = "uid/1", .action = "allow", .variable = "A=x", .exec = "echo yes" },
  { .key = "uid/2", .action = "deny" },
  { .key = "uid/3", .action = "allow" },
  { .key = "gid/4", .action = "deny" },
  { .key = "gid/5", .action = "allow", .variable = "UNSET" },
  { .key = "uid/6", .action = "deny" },
  { .key = "uid/default", .action = "deny" }
} ;
enum { RULES = sizeof(made) / sizeof(*made) } ;

static char original[ROOM] ;
static size_t size ;

struct answer
{
  accessrules_result judged ;
  accessrules_result read ;
  int e ;
} ;

static void probe (accessrules const *rules, struct answer *answers)
{
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  for (unsigned int i = 0 ; i < PROBES ; i++)
  {
    errno = 0 ;
    answers[i].judged = accessrules_uidgid(rules, 100 + i, 200 + i, &params) ;
    if (i) answers[i].judged = accessrules_uidgid(rules, i, i, &params) ;
    answers[i].read = accessrules_read(rules, &params) ;
    answers[i].e = errno ;
  }
  accessrules_params_free(&params) ;
}

 /* How many answers are neither what they were nor an error, which is EPROTO. */

static unsigned int differ (struct answer const *got, struct answer const *want)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < PROBES ; i++)
  {
    if (got[i].judged == want[i].judged && got[i].read == want[i].read) continue ;
    if (got[i].read == ACCESSRULES_ERROR && got[i].e == EPROTO) continue ;
    n++ ;
  }
  return n ;
}

static unsigned int newly_allowed (struct answer const *got, struct answer const *want)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < PROBES ; i++)
  {
    if (got[i].judged == ACCESSRULES_ALLOW) n += want[i].judged != ACCESSRULES_ALLOW ;
    if (got[i].read == ACCESSRULES_ALLOW) n += want[i].read != ACCESSRULES_ALLOW ;
  }
  return n ;
}

static void load (struct answer *want)
{
  accessrules rules = ACCESSRULES_ZERO ;
  rules_cdb("rules.cdb", made, RULES) ;
  size = rules_read("rules.cdb", original, sizeof(original)) ;
  if (!accessrules_open_cdb(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  probe(&rules, want) ;
  accessrules_close(&rules) ;
}

static void check_same (struct answer const *want)
{
  struct answer got[PROBES] ;
  accessrules rules = ACCESSRULES_ZERO ;
  if (!accessrules_open_cdb_lazy(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  probe(&rules, got) ;
  tap_ok(!memcmp(got, want, sizeof(got)), "the same answers as from memory") ;
  tap_ok(fcntl(rules.fd, F_GETFD) & FD_CLOEXEC, "its descriptor is closed by exec") ;
  accessrules_close(&rules) ;
  tap_int(rules.fd, -1, "and by accessrules_close") ;
}

static void check_cut (struct answer const *want)
{
  unsigned int wrong = 0 ;
  unsigned int opened = 0 ;
  for (size_t len = size ; len-- ;)
  {
    struct answer got[PROBES] ;
    accessrules rules = ACCESSRULES_ZERO ;
    accessrules other = ACCESSRULES_ZERO ;
    rules_file("cut.cdb", original, size) ;
    if (!accessrules_open_cdb_lazy(&rules, "cut.cdb")) tap_bail("cut.cdb") ;
    if (truncate("cut.cdb", len) == -1) tap_bail("truncate") ;
    probe(&rules, got) ;
    wrong += differ(got, want) ;
    if (accessrules_open_cdb_lazy(&other, "cut.cdb") || errno != EPROTO) opened++ ;
    if (accessrules_reload(&rules)) opened++ ;
    accessrules_close(&other) ;
    accessrules_close(&rules) ;
  }
  tap_int(wrong, 0, "cut short at each of %zu lengths while in use: as before, or EPROTO", size) ;
  tap_int(opened, 0, "and not opened again") ;
}

 /* Everybody without a rule is denied here. Where uid/default allows, a slot
    that was damaged can hide a deny; that is why files are replaced. */

static void check_overwritten (struct answer const *want)
{
  static unsigned char const masks[] = { 0x01, 0x80, 0xff, 0x05, 0x20 } ; /* 0x05 makes A of D */
  unsigned int worse = 0 ;
  int fd ;
  rules_file("over.cdb", original, size) ;
  fd = open("over.cdb", O_WRONLY) ;
  if (fd == -1) tap_bail("over.cdb") ;
  for (size_t i = 0 ; i < size ; i++)
  {
    if (rules_cdb_isaction(original, size, i)) continue ;
    for (unsigned int m = 0 ; m < sizeof(masks) ; m++)
    {
      struct answer got[PROBES] ;
      accessrules before = ACCESSRULES_ZERO ;
      accessrules after = ACCESSRULES_ZERO ;
      char c = original[i] ^ masks[m] ;
      if (!accessrules_open_cdb_lazy(&before, "over.cdb")) tap_bail("over.cdb") ;
      if (pwrite(fd, &c, 1, i) != 1) tap_bail("pwrite") ;
      probe(&before, got) ;
      worse += newly_allowed(got, want) ;
      if (accessrules_open_cdb_lazy(&after, "over.cdb"))
      {
        probe(&after, got) ;
        worse += newly_allowed(got, want) ;
      }
      if (pwrite(fd, original + i, 1, i) != 1) tap_bail("pwrite") ;
      accessrules_close(&before) ;
      accessrules_close(&after) ;
    }
  }
  close(fd) ;
  tap_int(worse, 0, "each of %zu bytes overwritten, before and after it was opened: never a new allow", size) ;
}

 /* errno is still that of the attempt. */

static void check_refused (int isdone, char const *name)
{
  int e = errno ;
  tap_ok(!isdone, "%s", name) ;
  tap_error(e, EPROTO, "%s: why", name) ;
}

static void check_replaced (struct answer const *want)
{
  struct answer got[PROBES] ;
  accessrules rules = ACCESSRULES_ZERO ;
  rules_cdb("new.cdb", made + 1, RULES - 1) ;
  if (!accessrules_open_cdb_lazy(&rules, "rules.cdb")) tap_bail("rules.cdb") ;
  if (rename("new.cdb", "rules.cdb") == -1) tap_bail("rename") ;
  probe(&rules, got) ;
  tap_ok(!memcmp(got, want, sizeof(got)), "replaced: the one that was opened") ;
  tap_ok(accessrules_reload(&rules), "reloaded") ;
  probe(&rules, got) ;
  tap_int(want[1].judged, ACCESSRULES_ALLOW, "what the old one allows") ;
  tap_int(got[1].judged, ACCESSRULES_DENY, "the new one, which is heard, denies") ;
  rules_file("rules.cdb", original, size - 1) ;
  check_refused(accessrules_reload(&rules), "one byte short: not reloaded") ;
  rules_file("longer.cdb", original, size) ;
  if (truncate("longer.cdb", size + 1) == -1) tap_bail("truncate") ;
  accessrules_close(&rules) ;
  check_refused(accessrules_open_cdb_lazy(&rules, "longer.cdb"), "one byte more: not opened") ;
  tap_ok(!rules.path, "one byte more: no path") ;
}

int main (void)
{
  struct answer want[PROBES] ;
  load(want) ;
  check_same(want) ;
  check_cut(want) ;
  check_overwritten(want) ;
  check_replaced(want) ;
  return tap_done() ;
}
