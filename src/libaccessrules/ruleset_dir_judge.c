/* ISC license. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* A rule says neither allow, as far as we can read, nor is it absent.
    path holds "dir/key/" and has room behind len. */

static accessrules_result judge_rest (char *path, size_t len)
{
  struct stat st ;
  int absent ;
  strcpy(path + len, "allow") ;
  absent = ruleset_absent(path) ;
  if (absent <= 0)
  {
    if (!absent) errno = ENOENT ;
    return ACCESSRULES_ERROR ;
  }
  strcpy(path + len, "deny") ;
  absent = ruleset_absent(path) ;
  if (absent <= 0) return absent ? ACCESSRULES_ERROR : ACCESSRULES_DENY ;
  path[len - 1] = 0 ;
  return stat(path, &st) ? ACCESSRULES_ERROR : ACCESSRULES_NOTFOUND ;
}

 /* One system call for a rule that allows, two where there is no rule. */

accessrules_result ruleset_dir_judge (accessrules const *rules, char const *key)
{
  char path[ACCESSRULES_PATH_SIZE] ;
  size_t len = ruleset_dir_path(path, rules, key) ;
  int absent ;
  strcpy(path + len, "allow") ;
  if (!faccessat(AT_FDCWD, path, R_OK, AT_EACCESS)) return ACCESSRULES_ALLOW ;
  if (errno != ENOENT) return ACCESSRULES_ERROR ;
  path[len - 1] = 0 ;
  absent = ruleset_absent(path) ;
  if (absent > 0) return ACCESSRULES_NOTFOUND ;
  if (absent < 0) return ACCESSRULES_ERROR ;
  path[len - 1] = '/' ;
  return judge_rest(path, len) ;
}

int ruleset_dir_isrule (accessrules const *rules, char const *key)
{
  accessrules_result result = ruleset_dir_judge(rules, key) ;
  return result == ACCESSRULES_ALLOW || result == ACCESSRULES_DENY ;
}
