/* ISC license. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

static int add_all (DIR *dir, stralloc *env)
{
  for (;;)
  {
    struct dirent *entry ;
    errno = 0 ;
    entry = readdir(dir) ;
    if (!entry) return !errno ;
    if (entry->d_name[0] == '.' || strchr(entry->d_name, '=')) continue ;
    if (!ruleset_variable(dirfd(dir), entry->d_name, entry->d_name, env)) return 0 ;
  }
}

int ruleset_envdir (char const *path, stralloc *env)
{
  DIR *dir ;
  int done, e ;
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC) ;
  if (fd == -1) return 0 ;
  dir = fdopendir(fd) ;
  if (!dir)
  {
    e = errno ;
    fd_close(fd) ;
    errno = e ;
    return 0 ;
  }
  done = add_all(dir, env) ;
  e = errno ;
  closedir(dir) ;
  errno = e ;
  return done ;
}
