/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "libdaemon/shortage.h"
#include "libdaemon/spawner.h"

#define DEFAULT_PATH "/usr/bin:/bin"

 /* 0 and errno: no; a shortage says nothing of it. Directories can be executed, too, in a way. */

static int is_program (char const *path)
{
  struct stat st ;
  if (access(path, X_OK) == -1 || stat(path, &st) == -1) return 0 ;
  return S_ISREG(st.st_mode) || (errno = EACCES, 0) ;
}

char const *spawner_find (char const *name)
{
  char const *path = getenv("PATH") ;
  char *full ;
  if (strchr(name, '/')) return name ;
  if (!path) path = DEFAULT_PATH ;
  full = malloc(strlen(path) + strlen(name) + 3) ;
  if (!full) return 0 ;
  for (;;)
  {
    size_t len = strcspn(path, ":") ;
    if (len)
    {
      memcpy(full, path, len) ;
      full[len] = '/' ;
      strcpy(full + len + 1, name) ;  /* there is room for all of PATH before it */
    }
    else strcpy(full, name) ;  /* an empty element is the current directory */
    if (is_program(full)) return full ;
    if (is_shortage(errno))
    {
      int e = errno ;
      free(full) ;
      return (errno = e, (char const *)0) ;
    }
    if (!path[len]) break ;
    path += len + 1 ;
  }
  free(full) ;
  return "" ;
}

 /*
   exec puts back handlers, and leaves ignored signals ignored. Naming all that
   are not ignored changes nothing, but spares the C library one question for
   each and child.
 */

static void list_defaults (sigset_t *set)
{
  struct sigaction action ;
  sigemptyset(set) ;
  for (int sig = 1 ; sig < NSIG ; sig++)
    if (sigaction(sig, 0, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(set, sig) ;
  sigaddset(set, SIGPIPE) ;
  sigaddset(set, SIGXFSZ) ;
}

int spawner_init (struct spawner *spawner, char const *const *argv)
{
  sigset_t set ;
  spawner->argv = argv ;
  spawner->fd = -1 ;
  spawner->path = spawner_find(argv[0]) ;  /* "": posix_spawnp will look again, and never in the current directory */
  if (!spawner->path) return 0 ;
  errno = posix_spawnattr_init(&spawner->attributes) ;
  if (errno) return 0 ;
  sigemptyset(&set) ;
  errno = posix_spawnattr_setsigmask(&spawner->attributes, &set) ;
  if (errno) return 0 ;
  list_defaults(&set) ;
  errno = posix_spawnattr_setsigdefault(&spawner->attributes, &set) ;
  if (errno) return 0 ;
  errno = posix_spawnattr_setflags(&spawner->attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) ;
  return !errno ;
}

static int make_actions (struct spawner *spawner, int fd)
{
  if (spawner->fd == fd) return 1 ;
  if (spawner->fd != -1) posix_spawn_file_actions_destroy(&spawner->actions) ;
  spawner->fd = -1 ;
  errno = posix_spawn_file_actions_init(&spawner->actions) ;
  if (errno) return 0 ;
  errno = posix_spawn_file_actions_adddup2(&spawner->actions, fd, 0) ;
  if (!errno) errno = posix_spawn_file_actions_adddup2(&spawner->actions, fd, 1) ;
  if (errno)
  {
    int e = errno ;
    posix_spawn_file_actions_destroy(&spawner->actions) ;
    errno = e ;
    return 0 ;
  }
  spawner->fd = fd ;
  return 1 ;
}

pid_t spawner_run (struct spawner *spawner, int fd, char const *const *envp)
{
  char *const *argv = (char *const *)spawner->argv ;
  pid_t pid ;
  if (!make_actions(spawner, fd)) return 0 ;
  errno = posix_spawn(&pid, spawner->path, &spawner->actions, &spawner->attributes, argv, (char *const *)envp) ;
  if ((errno == ENOENT || errno == EACCES || errno == ENOTDIR) && !strchr(argv[0], '/'))
    errno = posix_spawnp(&pid, argv[0], &spawner->actions, &spawner->attributes, argv, (char *const *)envp) ;
  return errno ? 0 : pid ;
}
