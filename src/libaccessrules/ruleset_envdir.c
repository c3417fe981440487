/* ISC license. */

#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* The first line without its trailing blanks; NULs in it stand for newlines. */

static size_t value_of (char *text, size_t len)
{
  char *newline = memchr(text, '\n', len) ;
  if (newline) len = newline - text ;
  while (len && (text[len-1] == ' ' || text[len-1] == '\t')) len-- ;
  for (size_t i = 0 ; i < len ; i++) if (!text[i]) text[i] = '\n' ;
  return len ;
}

 /* The file may have gone since the directory was read: then it has not been there. */

static int has_gone (int fd, char const *name)
{
  struct stat st ;
  if (errno != ENOENT) return 0 ;
  if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1) return errno == ENOENT ;
  errno = ENOENT ;
  return 0 ;
}

static int add_variable (int fd, char const *name, stralloc *env)
{
  char text[ACCESSRULES_VALUE_MAX + 1] ;
  ssize_t len = ruleset_readfile(fd, name, text, ACCESSRULES_VALUE_MAX) ;
  if (len < 0) return has_gone(fd, name) ;
  if (!stralloc_cats(env, name)) return 0 ;
  if (len && (!stralloc_catb(env, "=", 1) || !stralloc_catb(env, text, value_of(text, len)))) return 0 ;
  if (!stralloc_0(env)) return 0 ;
  if (env->len > ACCESSRULES_ENV_MAX) return (errno = EMSGSIZE, 0) ;
  return 1 ;
}

static int add_all (DIR *dir, stralloc *env)
{
  for (;;)
  {
    struct dirent *entry ;
    errno = 0 ;
    entry = readdir(dir) ;
    if (!entry) return !errno ;
    if (entry->d_name[0] == '.' || strchr(entry->d_name, '=')) continue ;
    if (!add_variable(dirfd(dir), entry->d_name, env)) return 0 ;
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
