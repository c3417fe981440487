/* ISC license. */

#include <sys/stat.h>
#include <errno.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

int ruleset_has_class (accessrules const *rules, char const *class)
{
  struct stat st ;
  size_t len ;
  int absent ;
  char path[ACCESSRULES_PATH_SIZE] ;
  if (!rules->path) return (errno = EBADF, -1) ;
  if (rules->map) return 1 ;
  len = ruleset_dir_path(path, rules, class) ;
  path[len - 1] = 0 ;
  if (!stat(path, &st)) return 1 ;
  if (errno != ENOENT) return -1 ;
  absent = ruleset_absent(path) ;
  if (absent > 0) return 0 ;
  if (!absent) errno = ENOENT ;
  return -1 ;
}
