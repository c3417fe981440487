/* ISC license. */

 /* Names in a directory of rules that no client can have: told of once, when
    the directory is first used. The compiler refuses them. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "libaccessrules/ruleset.h"
#include "libfdholderd/policy.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

enum { TOLD_MAX = 8 } ;

void policy_check_dir (struct policy const *p, char const *dir)
{
  static char const self[] = "/." ;
  char path[ACCESSRULES_PATH_MAX + sizeof(self)] ;
  struct stat st ;
  size_t len = strlen(dir) ;
  memcpy(path, dir, len) ;
  memcpy(path + len, self, sizeof(self)) ;
  if (stat(path, &st) == -1) log_line(p->complaints->log, LOG_WARNING, "unable to use the rules directory ", dir, ": ", strerror(errno), ": until there is one, everybody is denied") ;
}

static void tell (struct policy *p, char const *class, char const *name, char const *better)
{
  char quoted[LOG_QUOTED_MAX] ;
  log_line(p->complaints->log, LOG_WARNING, "rule ", class, "/", log_quote(quoted, name, strlen(name)), " can never match: write ", *better ? better : ruleset_name_form(class)) ;
}

static unsigned int check_class (struct policy *p, char const *class, stralloc *names, unsigned int wrong)
{
  char path[ACCESSRULES_PATH_SIZE] ;
  size_t len = ruleset_dir_path(path, &p->rules, class) ;
  path[len - 1] = 0 ;
  if (!ruleset_list(path, names)) return wrong ;
  for (size_t i = 0 ; i < names->len ; i += strlen(names->s + i) + 1)
  {
    char const *name = names->s + i ;
    char key[ACCESSRULES_KEY_SIZE] ;
    char better[ACCESSRULES_KEY_SIZE] ;
    if (name[0] == '.' || ruleset_name_judge(class, name, better) != RULESET_NAME_NEVER) continue ;
    ruleset_key_join(key, class, name) ;
    if (ruleset_dir_isrule(&p->rules, key) && wrong++ < TOLD_MAX) tell(p, class, name, better) ;
  }
  return wrong ;
}

void policy_check_names (struct policy *p)
{
  stralloc names = STRALLOC_ZERO ;
  char fmt[UINT_FMT] ;
  unsigned int wrong = check_class(p, "uid", &names, 0) ;
  wrong = check_class(p, "gid", &names, wrong) ;
  stralloc_free(&names) ;
  if (wrong <= TOLD_MAX) return ;
  fmt[uint_fmt(fmt, wrong - TOLD_MAX)] = 0 ;
  log_line(p->complaints->log, LOG_WARNING, fmt, " more rules can never match: s6-accessrules-cdb-from-fs -n tells of all") ;
}
