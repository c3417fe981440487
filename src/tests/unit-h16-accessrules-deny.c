/* ISC license. */

/* H16: a deny that is there denies, however little of it can be read, and
   never lets a weaker rule allow. */

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "support/rules.h"
#include "support/tap.h"

static struct testrule const made[] = { { .key = "uid/5000", .action = "deny" }, { .key = "uid/default", .action = "allow" } } ;

static int judge (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  accessrules_result result ;
  if (!accessrules_open_dir(&rules, "rules")) return 99 ;
  result = accessrules_uidgid(&rules, 5000, 6000, &params) ;
  accessrules_close(&rules) ;
  return result + 1 ;
}

static void fresh (void)
{
  rules_remove("rules") ;
  rules_directory("rules", made, 2) ;
}

static void check (char const *name, accessrules_result wanted)
{
  int got = rules_unprivileged(&judge) ;
  tap_int(got - 1, wanted, "%s", name) ;
}

static void make_deny_a_link (char const *target)
{
  fresh() ;
  rules_remove("rules/uid/5000/deny") ;
  if (symlink(target, "rules/uid/5000/deny") == -1) tap_bail("symlink") ;
}

static void closed (char const *name, char const *path, accessrules_result wanted)
{
  fresh() ;
  if (chmod(path, 0) == -1) tap_bail(path) ;
  check(name, wanted) ;
  if (chmod(path, 0755) == -1) tap_bail(path) ;
}

int main (void)
{
  rules_public_place() ;
  fresh() ;
  check("a plain deny", ACCESSRULES_DENY) ;
  closed("a deny of mode 000", "rules/uid/5000/deny", ACCESSRULES_DENY) ;
  closed("a rule of mode 000", "rules/uid/5000", ACCESSRULES_ERROR) ;
  closed("a class of mode 000", "rules/uid", ACCESSRULES_ERROR) ;
  make_deny_a_link("nowhere") ;
  check("a deny that is a link to nothing", ACCESSRULES_DENY) ;
  make_deny_a_link("deny") ;
  check("a deny that is a link to itself", ACCESSRULES_DENY) ;
  make_deny_a_link("/root/deny") ;
  check("a deny that is a link to where we may not go", ACCESSRULES_DENY) ;
  fresh() ;
  rules_remove("rules/uid/5000/deny") ;
  rules_file("rules/uid/5000/deny/x", "", 0) ;
  check("a deny that is a directory", ACCESSRULES_DENY) ;
  fresh() ;
  rules_remove("rules/uid/5000/deny") ;
  check("no deny: the weaker rule", ACCESSRULES_ALLOW) ;
  return tap_done() ;
}
