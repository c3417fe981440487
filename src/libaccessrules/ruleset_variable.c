/* ISC license. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* The first line without its trailing blanks and carriage returns; NULs in it stand for newlines. */

static size_t value_of (char *text, size_t len)
{
  char *newline = memchr(text, '\n', len) ;
  if (newline) len = newline - text ;
  while (len && memchr(" \t\r", text[len-1], 3)) len-- ;
  for (size_t i = 0 ; i < len ; i++) if (!text[i]) text[i] = '\n' ;
  return len ;
}

 /* A file that is not there, or has gone since its directory was read, says nothing; a link to nothing cannot be read. */

static int is_absent (int fd, char const *path)
{
  struct stat st ;
  if (errno != ENOENT) return 0 ;
  if (fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW) == -1) return errno == ENOENT ;
  errno = ENOENT ;
  return 0 ;
}

int ruleset_variable (int fd, char const *path, char const *name, stralloc *env)
{
  char text[ACCESSRULES_VALUE_MAX + 1] ;
  ssize_t len = ruleset_readfile(fd, path, text, ACCESSRULES_VALUE_MAX) ;
  if (len < 0) return is_absent(fd, path) ;
  if (!stralloc_cats(env, name)) return 0 ;
  if (len && (!stralloc_catb(env, "=", 1) || !stralloc_catb(env, text, value_of(text, len)))) return 0 ;
  if (!stralloc_0(env)) return 0 ;
  if (env->len > ACCESSRULES_ENV_MAX) return (errno = EMSGSIZE, 0) ;
  return 1 ;
}
