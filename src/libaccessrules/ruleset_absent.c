/* ISC license. */

#include <sys/stat.h>
#include <errno.h>

#include "accessrules-internal.h"

int ruleset_absent (char const *path)
{
  struct stat st ;
  if (!lstat(path, &st)) return 0 ;
  return errno == ENOENT ? 1 : -1 ;
}
