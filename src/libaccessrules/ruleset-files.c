/* ISC license. */

 /* Files of a rule, and the directory of what it changes in the environment. */

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

static ssize_t read_bounded (int fd, char *room, size_t max)
{
  struct stat st ;
  size_t len = 0 ;
  if (fstat(fd, &st) == -1) return -1 ;
  if (S_ISFIFO(st.st_mode)) return (errno = EINVAL, -1) ;
  while (len <= max)
  {
    ssize_t r = fd_read(fd, room + len, max + 1 - len) ;
    if (r < 0) return -1 ;
    len += r ;
    if (!r || (S_ISREG(st.st_mode) && len == (size_t)st.st_size)) return len <= max ? (ssize_t)len : (errno = EMSGSIZE, -1) ;
  }
  return (errno = EMSGSIZE, -1) ;
}

ssize_t ruleset_readfile (int dirfd, char const *name, char *room, size_t max)
{
  ssize_t len ;
  int e ;
  int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC) ;
  if (fd == -1) return -1 ;
  len = read_bounded(fd, room, max) ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return len ;
}

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
