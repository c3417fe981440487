/* ISC license. */

#ifndef S6ACTIVATION_SPAWNER_H
#define S6ACTIVATION_SPAWNER_H

 /* posix_spawn with all that is the same for each child made once. */

#include <spawn.h>
#include <sys/types.h>

struct spawner
{
  char const *const *argv ;
  char const *path ;  /* of argv[0], found once */
  posix_spawn_file_actions_t actions ;
  posix_spawnattr_t attributes ;
  int fd ;  /* the descriptor that actions are made for */
} ;

 /* The first program of that name on the PATH, allocated; the name itself if it has a
    slash; "" if there is none yet; 0 and errno: that cannot be known just now. */
extern char const *spawner_find (char const *name) ;

 /* Children will block no signal, and ignore those that are ignored now, save
    SIGPIPE: to be called after signals_init. 0 and errno. */
extern int spawner_init (struct spawner *, char const *const *argv) ;

 /* Child with fd as stdin and stdout; the parent's fd stays open. 0 and errno. */
extern pid_t spawner_run (struct spawner *, int fd, char const *const *envp) ;

#endif
