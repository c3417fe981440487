/* ISC license. */

/* H15: no rule, no right; what cannot be read is no right either. Judged by
   a process that is not root, on what it may not read, and on what nobody can. */

#include <sys/stat.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "support/rules.h"
#include "support/tap.h"

static accessrules_params params = ACCESSRULES_PARAMS_ZERO ;

static struct testrule const full[] =
{
  { .key = "class/name", .action = "allow", .variable = "A=x", .exec = "echo yes" },
  { .key = "class/name", .action = "allow", .variable = "B=y" },
  { .key = "class/other", .action = "allow", .variable = "A=x" }
} ;

static int judge_key (char const *key)
{
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_result result ;
  if (!accessrules_open_dir(&rules, "rules")) return 99 ;
  result = accessrules_key(&rules, key, &params) ;
  accessrules_close(&rules) ;
  return result + 1 ;
}

static int judge (void)
{
  return judge_key("class/name") ;
}

 /* After a good read of another rule, whose content must not stay. */

static int judge_and_read (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  accessrules_result result ;
  if (!accessrules_open_dir(&rules, "rules")) return 99 ;
  if (accessrules_key(&rules, "class/other", &params) != ACCESSRULES_ALLOW) return 98 ;
  if (accessrules_read(&rules, &params) != ACCESSRULES_ALLOW || !params.env.len) return 97 ;
  if (accessrules_key(&rules, "class/name", &params) != ACCESSRULES_ALLOW) return 96 ;
  result = accessrules_read(&rules, &params) ;
  if (result != ACCESSRULES_ALLOW && (params.env.len || params.exec.len)) return 95 ;
  accessrules_close(&rules) ;
  return result + 1 ;
}

static void fresh (void)
{
  rules_remove("rules") ;
  rules_directory("rules", full, 3) ;
}

static void check (char const *name, int (*function) (void), accessrules_result wanted)
{
  int got = rules_unprivileged(function) ;
  tap_int(got - 1, wanted, "%s", name) ;
}

static void closed (char const *path, mode_t mode, int (*function) (void), accessrules_result wanted)
{
  fresh() ;
  if (chmod(path, mode) == -1) tap_bail(path) ;
  check(path, function, wanted) ;
  if (chmod(path, 0755) == -1) tap_bail(path) ;
}

static void dangling (char const *path, int (*function) (void))
{
  fresh() ;
  rules_remove(path) ;
  if (symlink("nowhere", path) == -1) tap_bail(path) ;
  check(path, function, ACCESSRULES_ERROR) ;
}

static void check_unreadable (void)
{
  fresh() ;
  check("readable: judged", &judge, ACCESSRULES_ALLOW) ;
  check("readable: read", &judge_and_read, ACCESSRULES_ALLOW) ;
  tap_diag("mode 000") ;
  closed("rules", 0, &judge, ACCESSRULES_ERROR) ;
  closed("rules/class", 0, &judge, ACCESSRULES_ERROR) ;
  closed("rules/class/name", 0, &judge, ACCESSRULES_ERROR) ;
  closed("rules/class/name/allow", 0, &judge, ACCESSRULES_ERROR) ;
  closed("rules/class/name/env", 0, &judge_and_read, ACCESSRULES_ERROR) ;
  closed("rules/class/name/env", 0444, &judge_and_read, ACCESSRULES_ERROR) ;
  closed("rules/class/name/env", 0111, &judge_and_read, ACCESSRULES_ERROR) ;
  closed("rules/class/name/env/A", 0, &judge_and_read, ACCESSRULES_ERROR) ;
  closed("rules/class/name/exec", 0, &judge_and_read, ACCESSRULES_ERROR) ;
}

static void check_dangling (void)
{
  tap_diag("links to nothing") ;
  dangling("rules/class/name", &judge) ;
  dangling("rules/class/name/allow", &judge) ;
  dangling("rules/class/name/env", &judge_and_read) ;
  dangling("rules/class/name/env/A", &judge_and_read) ;
  dangling("rules/class/name/exec", &judge_and_read) ;
}

static void check_kinds (void)
{
  tap_diag("of another kind") ;
  fresh() ;
  rules_remove("rules/class/name") ;
  rules_file("rules/class/name", "", 0) ;
  check("a rule that is a file", &judge, ACCESSRULES_ERROR) ;
  fresh() ;
  rules_remove("rules/class/name/env") ;
  rules_file("rules/class/name/env", "A=x\n", 4) ;
  check("env is a file", &judge_and_read, ACCESSRULES_ERROR) ;
  fresh() ;
  rules_file("rules/class/name/env/C/D", "", 0) ;
  check("a directory in env", &judge_and_read, ACCESSRULES_ERROR) ;
  fresh() ;
  if (mkfifo("rules/class/name/env/C", 0644) == -1) tap_bail("mkfifo") ;
  check("a FIFO in env does not block", &judge_and_read, ACCESSRULES_ERROR) ;
  fresh() ;
  rules_remove("rules/class/name/exec") ;
  rules_file("rules/class/name/exec/x", "", 0) ;
  check("exec is a directory", &judge_and_read, ACCESSRULES_ERROR) ;
  fresh() ;
  rules_file("rules/class/name/exec", "echo\0yes", 8) ;
  check("a NUL in exec", &judge_and_read, ACCESSRULES_ERROR) ;
}

static int no_rules_at_all (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  if (!accessrules_open_dir(&rules, "missing")) return 99 ;
  return accessrules_uidgid(&rules, 0, 0, &params) + 1 ;
}

static int not_open (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  strcpy(params.key, "class/name") ;
  if (accessrules_uidgid(&rules, 0, 0, &params) != ACCESSRULES_ERROR) return 99 ;
  strcpy(params.key, "class/name") ;
  return accessrules_read(&rules, &params) + 1 ;
}

 /* A class that cannot be seen must not lead to a weaker one that allows. */

static int hidden_groups (void)
{
  accessrules rules = ACCESSRULES_ZERO ;
  if (!accessrules_open_dir(&rules, "rules")) return 99 ;
  return accessrules_uidgid(&rules, 5000, 5000, &params) + 1 ;
}

static void check_absence (void)
{
  static struct testrule const groups[] = { { .key = "uid/default", .action = "allow" }, { .key = "gid/5000", .action = "deny" } } ;
  static struct testrule const users[] = { { .key = "uid/5000", .action = "deny" }, { .key = "gid/5000", .action = "allow" } } ;
  tap_diag("absence") ;
  check("no rules", &no_rules_at_all, ACCESSRULES_NOTFOUND) ;
  check("rules that are not open", &not_open, ACCESSRULES_ERROR) ;
  rules_remove("rules") ;
  rules_directory("rules", groups, 2) ;
  check("uid/default with a denied group", &hidden_groups, ACCESSRULES_DENY) ;
  rules_remove("rules/gid") ;
  check("uid/default without groups", &hidden_groups, ACCESSRULES_ALLOW) ;
  if (symlink("nowhere", "rules/gid") == -1) tap_bail("symlink") ;
  check("uid/default with groups that have gone", &hidden_groups, ACCESSRULES_ERROR) ;
  rules_remove("rules") ;
  rules_directory("rules", users, 2) ;
  check("a denied user whose group is allowed", &hidden_groups, ACCESSRULES_DENY) ;
  rules_remove("rules/uid") ;
  check("the group without users", &hidden_groups, ACCESSRULES_ALLOW) ;
  if (symlink("nowhere", "rules/uid") == -1) tap_bail("symlink") ;
  check("the group with users that have gone", &hidden_groups, ACCESSRULES_ERROR) ;
}

int main (void)
{
  rules_public_place() ;
  check_unreadable() ;
  check_dangling() ;
  check_kinds() ;
  check_absence() ;
  accessrules_params_free(&params) ;
  return tap_done() ;
}
