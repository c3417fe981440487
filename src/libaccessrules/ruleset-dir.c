/* ISC license. */

#include <string.h>
#include <dirent.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/stralloc.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include <s6-activation/accessrules.h>

#include "libaccessrules/ruleset.h"

int ruleset_absent (char const *path)
{
  struct stat st ;
  if (!lstat(path, &st)) return 0 ;
  return errno == ENOENT ? 1 : -1 ;
}

size_t ruleset_dir_path (char *path, accessrules const *rules, char const *key)
{
  size_t dirlen = strlen(rules->path) ;
  size_t keylen = strlen(key) ;
  memcpy(path, rules->path, dirlen) ;
  path[dirlen] = '/' ;
  memcpy(path + dirlen + 1, key, keylen) ;
  memcpy(path + dirlen + 1 + keylen, "/", 2) ;
  return dirlen + keylen + 2 ;
}

static int add_names (DIR *dir, stralloc *names)
{
  for (;;)
  {
    struct dirent *entry ;
    errno = 0 ;
    entry = readdir(dir) ;
    if (!entry) return !errno ;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue ;
    if (!stralloc_catb(names, entry->d_name, strlen(entry->d_name) + 1)) return 0 ;
  }
}

int ruleset_list (char const *path, stralloc *names)
{
  DIR *dir = opendir(path) ;
  int done, e ;
  names->len = 0 ;
  if (!dir) return 0 ;
  done = add_names(dir, names) ;
  e = errno ;
  closedir(dir) ;
  errno = e ;
  return done ;
}

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

 /* After ENOENT: fine if there is nothing at all, not if a link leads nowhere. */

static int may_be_absent (char const *path)
{
  int absent ;
  if (errno != ENOENT) return 0 ;
  absent = ruleset_absent(path) ;
  if (!absent) errno = ENOENT ;
  return absent > 0 ;
}

static int read_exec (char const *path, stralloc *exec)
{
  char text[ACCESSRULES_EXEC_MAX + 1] ;
  ssize_t len = ruleset_readfile(AT_FDCWD, path, text, ACCESSRULES_EXEC_MAX) ;
  if (len < 0) return may_be_absent(path) ;
  if (!len) return 1 ;
  if (memchr(text, 0, len)) return (errno = EINVAL, 0) ;
  return stralloc_catb(exec, text, len) && stralloc_0(exec) ;
}

int ruleset_dir_read (accessrules const *rules, accessrules_params *params, unsigned int parts)
{
  char path[ACCESSRULES_PATH_SIZE] ;
  size_t len = ruleset_dir_path(path, rules, params->key) ;
  if (parts & ACCESSRULES_READ_ENV)
  {
    strcpy(path + len, "env") ;
    if (!ruleset_envdir(path, &params->env))
    {
      if (params->env.len || !may_be_absent(path)) return 0 ;
    }
  }
  if (parts & ACCESSRULES_READ_EXEC)
  {
    strcpy(path + len, "exec") ;
    if (!read_exec(path, &params->exec)) return 0 ;
  }
  return 1 ;
}

int ruleset_dir_read_variable (accessrules const *rules, accessrules_params *params, char const *name)
{
  char path[ACCESSRULES_PATH_SIZE + ACCESSRULES_NAME_MAX] ;
  size_t len = ruleset_dir_path(path, rules, params->key) ;
  if (strlen(name) > ACCESSRULES_NAME_MAX) return (errno = ENAMETOOLONG, 0) ;
  memcpy(path + len, "env/", 4) ;
  strcpy(path + len + 4, name) ;
  return ruleset_variable(AT_FDCWD, path, name, &params->env) ;
}
