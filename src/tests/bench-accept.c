/* ISC license. */

 /*
   The floor of the benchmark of super-servers: accept, posix_spawn, wait,
   and nothing else. It asks nobody who he is, counts nothing, obeys no
   signal and changes no variable. Called as a super-server is, with the
   listening socket as stdin; options are accepted, and mean nothing. All
   signals are set to their defaults, because the C library is quickest then.
 */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <spawn.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <skalibs/sgetopt.h>

enum { CONNECTION = 3 } ;  /* the lowest number that is free: actions are made once */

extern char **environ ;

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  posix_spawn_file_actions_t actions ;
  posix_spawnattr_t attributes ;
  sigset_t all ;
  int opt ;
  do
  {
    opt = subgetopt_r(argc, argv, "1v:c:C:", &l) ;
    if (opt == '?') return 100 ;
  }
  while (opt != -1) ;
  argv += l.ind ;
  if (!argv[0] || write(1, "\n", 1) < 1) return 100 ;
  close(1) ;
  dup2(0, 1) ;
  if (posix_spawn_file_actions_init(&actions) || posix_spawn_file_actions_adddup2(&actions, CONNECTION, 0)
   || posix_spawn_file_actions_adddup2(&actions, CONNECTION, 1)) return 111 ;
  sigfillset(&all) ;
  if (posix_spawnattr_init(&attributes) || posix_spawnattr_setsigdefault(&attributes, &all)
   || posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF)) return 111 ;
  for (;;)
  {
    pid_t pid ;
    if (accept4(0, 0, 0, SOCK_CLOEXEC) != CONNECTION) return 111 ;
    if (posix_spawn(&pid, argv[0], &actions, &attributes, (char *const *)argv, environ)) return 111 ;
    close(CONNECTION) ;
    while (waitpid(-1, 0, WNOHANG) > 0) ;  /* whoever has ended by now: nobody waits for a child */
  }
}
