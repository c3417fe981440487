/* ISC license. */

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include "accessrules-internal.h"

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
