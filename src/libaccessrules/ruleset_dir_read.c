/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

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
