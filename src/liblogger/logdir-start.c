/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/env.h>

#include "libdaemon/launch.h"
#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

#define SHELL "/bin/sh"
#define EXECLINEB "execlineb"
#define PATH_USUALLY "/usr/local/bin:/usr/bin:/bin"

enum { FILE_MODE = 0666, FIRST_FREE = 3, FILES = 4 } ;

 /* What it has: previous and what is made from it, its memory of the last time, and for
    the next one. */

static struct { char const *name ; int flags ; int fd ; } const files[FILES] =
{
  { LOGDIR_PREVIOUS, O_RDONLY, 0 },
  { LOGDIR_PROCESSED, O_WRONLY | O_CREAT | O_TRUNC, 1 },
  { LOGDIR_STATE, O_RDONLY | O_CREAT, 4 },
  { LOGDIR_NEWSTATE, O_WRONLY | O_CREAT | O_TRUNC, 5 }
} ;

 /* In the child, whose working directory and descriptors are its own. */

static void prepare (void *data)
{
  struct logdir *d = data ;
  (void)!fchdir(d->dir) ;
#ifdef CLOSE_RANGE_CLOEXEC
  close_range(FIRST_FREE, UINT_MAX, CLOSE_RANGE_CLOEXEC) ;
#endif
}

 /* A relative PATH is of no use in another directory. The caller frees it. 0 and errno. */

static char *find_execlineb (void)
{
  char const *path = getenv("PATH") ;
  size_t len ;
  char *s ;
  if (!path) path = PATH_USUALLY ;
  s = malloc(strlen(path) + sizeof("/" EXECLINEB)) ;
  for (; s ; path += len + 1)
  {
    len = strcspn(path, ":") ;
    memcpy(s, path, len) ;
    memcpy(s + len, "/" EXECLINEB, sizeof("/" EXECLINEB)) ;
    if (*path == '/' && access(s, X_OK) == 0) return s ;
    if (!path[len]) break ;
  }
  free(s) ;
  return (errno = ENOENT, (char *)0) ;
}

static pid_t execute (struct logdir *d, struct launch *l)
{
  char *found = d->settings->isshell ? 0 : find_execlineb() ;
  char const *const argv[] =
  {
    d->settings->isshell ? SHELL : EXECLINEB,
    d->settings->isshell ? "-c" : "-Pc",
    d->settings->processor,
    0
  } ;
  pid_t pid ;
  if (!d->settings->isshell && !found) return 0 ;
  l->path = found ? found : SHELL ;
  l->argv = argv ;
  pid = launch(l) ;
  free(found) ;
  return pid ;
}

pid_t logdir_start_processor (struct logdir *d)
{
  struct launch l = { .envp = (char const *const *)environ, .n = 0, .before = &prepare, .data = d } ;
  pid_t pid = 0 ;
  int e ;
  while (l.n < FILES)
  {
    int fd = openat(d->dir, files[l.n].name, files[l.n].flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, FILE_MODE) ;
    if (fd < 0) break ;
    l.moves[l.n].from = fd ;
    l.moves[l.n].to = files[l.n].fd ;
    l.n++ ;
  }
  if (l.n == FILES) pid = execute(d, &l) ;
  e = errno ;
  for (unsigned int i = 0 ; i < l.n ; i++) fd_close(l.moves[i].from) ;
  return (errno = e, pid) ;
}
