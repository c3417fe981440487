/* ISC license. */

#include <sys/stat.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/cdbrecords.h"
#include "libaccessrules/ruleset.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "exitcodes.h"

#define USAGE "s6-accessrules-cdb-from-fs [ -m mode ] cdbfile dir, or s6-accessrules-cdb-from-fs -n dir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define dienomem() strerr_diefusys(EXITCODE_SYSTEM, "allocate memory")

enum
{
  COMPILED_ENV_MAX = 4096, /* as in s6, so that it can read what we make */
  MODE_MAX = 0777
} ;

static int compare (void const *a, void const *b)
{
  return strcmp(*(char const *const *)a, *(char const *const *)b) ;
}

 /* Strings that each end in a NUL: sorted, so that equal rules make equal files. */

static void sort_strings (stralloc *list)
{
  stralloc sorted = STRALLOC_ZERO ;
  size_t n = 0 ;
  char const **strings = malloc((list->len + 1) * sizeof(char const *)) ;
  if (!strings) dienomem() ;
  for (size_t i = 0 ; i < list->len ; i += strlen(list->s + i) + 1) strings[n++] = list->s + i ;
  qsort(strings, n, sizeof(char const *), &compare) ;
  for (size_t i = 0 ; i < n ; i++)
    if (!stralloc_catb(&sorted, strings[i], strlen(strings[i]) + 1)) dienomem() ;
  free(strings) ;
  stralloc_free(list) ;
  *list = sorted ;
}

static void die_of_part (char const *dir, char const *key, char const *part)
{
  switch (errno)
  {
    case EMSGSIZE : strerr_dief(EXITCODE_USAGE, dir, "/", key, "/", part, ": too long: the limit is 4096 bytes") ;
    case EINVAL : strerr_dief(EXITCODE_USAGE, dir, "/", key, "/", part, ": a FIFO, or a NUL in a command line") ;
    default : strerr_diefusys(EXITCODE_SYSTEM, "read ", dir, "/", key, "/", part) ;
  }
}

 /* Leaves params as accessrules_read has it, with the final NUL of exec taken off. */

static void read_parts (accessrules const *rules, accessrules_params *params)
{
  accessrules_result result = accessrules_read_env(rules, params) ;
  if (result == ACCESSRULES_ERROR) die_of_part(rules->path, params->key, "env") ;
  if (params->env.len > COMPILED_ENV_MAX)
  {
    errno = EMSGSIZE ;
    die_of_part(rules->path, params->key, "env") ;
  }
  if (result == ACCESSRULES_ALLOW) result = accessrules_read(rules, params) ;
  if (result == ACCESSRULES_ERROR) die_of_part(rules->path, params->key, "exec") ;
  if (result != ACCESSRULES_ALLOW)
    strerr_dief(EXITCODE_SYSTEM, rules->path, "/", params->key, " changed while it was read") ;
  if (params->exec.len) params->exec.len-- ;
  sort_strings(&params->env) ;
}

 /* Returns whether there is such a rule. */

static int add_rule (accessrules const *rules, char const *key, accessrules_params *params, stralloc *records)
{
  accessrules_result result = accessrules_key(rules, key, params) ;
  if (result == ACCESSRULES_NOTFOUND) return 0 ;
  if (result == ACCESSRULES_ERROR) strerr_diefusys(EXITCODE_SYSTEM, "judge rule ", rules->path, "/", key) ;
  if (result == ACCESSRULES_ALLOW) read_parts(rules, params) ;
  if (!cdbrecords_add(records, key, result == ACCESSRULES_ALLOW ? params : 0)) dienomem() ;
  return 1 ;
}

static void list (char const *path, stralloc *names)
{
  if (!ruleset_list(path, names)) strerr_diefusys(EXITCODE_SYSTEM, "read directory ", path) ;
  sort_strings(names) ;
}

 /* uid/root, gid/wheel: what the account database makes of them. */

static void find_account (char const *class, char const *name, char *better)
{
  struct passwd const *user = strcmp(class, "uid") ? 0 : getpwnam(name) ;
  struct group const *group = strcmp(class, "gid") ? 0 : getgrnam(name) ;
  if (!user && !group) return ;
  memcpy(better, class, 3) ;
  better[3] = '/' ;
  better[4 + (user ? uid_fmt(better + 4, user->pw_uid) : gid_fmt(better + 4, group->gr_gid))] = 0 ;
}

 /* A deny of that name would let in whom it was meant for. All names are told of before the program ends. */

static unsigned int judge_name (char const *dir, char const *class, char const *name)
{
  static char const *told = 0 ;  /* the class that was warned about last */
  char better[ACCESSRULES_KEY_SIZE] ;
  switch (ruleset_name_judge(class, name, better))
  {
    case RULESET_NAME_GOOD : return 0 ;
    case RULESET_NAME_UNKNOWN :
      if (told != class) strerr_warnw("no program of s6-activation looks up rules of class ", class, better[0] ? ": did you mean " : "", better, better[0] ? "?" : "") ;
      told = class ;
      return 0 ;
    case RULESET_NAME_NEVER : break ;
  }
  if (!better[0]) find_account(class, name, better) ;
  if (better[0]) strerr_warnw("rule ", dir, "/", class, "/", name, " can never match: write ", better) ;
  else strerr_warnw("rule ", dir, "/", class, "/", name, " can never match: write ", ruleset_name_form(class)) ;
  return 1 ;
}

 /* Names that begin with a dot are ignored, save where they look like what
    other programs call a domain. Returns how many names can never match. */

static unsigned int add_class (accessrules const *rules, char const *class, accessrules_params *params, stralloc *records)
{
  stralloc names = STRALLOC_ZERO ;
  unsigned int wrong = 0 ;
  char path[ACCESSRULES_PATH_SIZE] ;
  size_t len = ruleset_dir_path(path, rules, class) ;
  path[len - 1] = 0 ;
  list(path, &names) ;
  for (size_t i = 0 ; i < names.len ; i += strlen(names.s + i) + 1)
  {
    char const *name = names.s + i ;
    char key[ACCESSRULES_KEY_SIZE] ;
    int isadded = 0 ;
    ruleset_key_join(key, class, name) ;
    if (name[0] != '.') isadded = add_rule(rules, key, params, records) ;
    else if (!strcmp(class, "reversedns")) isadded = ruleset_dir_isrule(rules, key) ;
    if (isadded) wrong += judge_name(rules->path, class, name) ;
  }
  stralloc_free(&names) ;
  return wrong ;
}

static void add_classes (accessrules const *rules, stralloc *records)
{
  accessrules_params params = ACCESSRULES_PARAMS_ZERO ;
  stralloc classes = STRALLOC_ZERO ;
  unsigned int wrong = 0 ;
  char number[UINT_FMT] ;
  list(rules->path, &classes) ;
  for (size_t i = 0 ; i < classes.len ; i += strlen(classes.s + i) + 1)
    if (classes.s[i] != '.') wrong += add_class(rules, classes.s + i, &params, records) ;
  number[uint_fmt(number, wrong)] = 0 ;
  if (wrong) strerr_dief(EXITCODE_USAGE, rules->path, " has rules that can never match: ", number) ;
}

 /* What we wrote, read as those who use it will. */

static int is_good (char const *file)
{
  accessrules rules = ACCESSRULES_ZERO ;
  if (!accessrules_open_cdb(&rules, file)) return 0 ;
  accessrules_close(&rules) ;
  return 1 ;
}

static void write_cdb (char const *file, mode_t mode, stralloc const *records)
{
  stralloc name = STRALLOC_ZERO ;
  int e, fd ;
  if (!stralloc_cats(&name, file) || !stralloc_cats(&name, ":") || !stralloc_cats(&name, PROG)
   || !stralloc_cats(&name, ":XXXXXX") || !stralloc_0(&name)) dienomem() ;
  fd = mkstemp(name.s) ;
  if (fd == -1) strerr_diefusys(EXITCODE_SYSTEM, "make a temporary file beside ", file) ;
  if (!cdbrecords_write(records, fd) || !is_good(name.s) || fchmod(fd, mode) == -1 || fsync(fd) == -1 || close(fd) == -1
   || rename(name.s, file) == -1) goto err ;
  return ;

 err:
  e = errno ;
  unlink(name.s) ;
  errno = e ;
  strerr_diefusys(EXITCODE_SYSTEM, "write ", file) ;
}

int main (int argc, char const *const *argv)
{
  accessrules rules = ACCESSRULES_ZERO ;
  stralloc records = STRALLOC_ZERO ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int mode = 0600 ;
  char const *file = 0 ;
  int iscompiled = 1 ;
  PROG = "s6-accessrules-cdb-from-fs" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "nm:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'n' : iscompiled = 0 ; break ;
      case 'm' : if (!uint0_oscan(l.arg, &mode) || mode > MODE_MAX) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (iscompiled && *argv) file = *argv++ ;
  if (!*argv) dieusage() ;

  if (!accessrules_open_dir(&rules, *argv)) strerr_diefusys(EXITCODE_SYSTEM, "use directory ", *argv) ;
  add_classes(&rules, &records) ;
  if (cdbrecords_size(&records) > ACCESSRULES_CDB_MAX)
    strerr_dief(EXITCODE_USAGE, "the rules take more than 64 MiB: no program would read that file") ;
  if (iscompiled) write_cdb(file, mode, &records) ;
  return EXITCODE_OK ;
}
