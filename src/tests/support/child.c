/* ISC license. */

#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include "child.h"
#include "tap.h"

int child_run (int (*function) (void *), void *data)
{
  int status ;
  pid_t pid ;
  fflush(stdout) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) _exit((*function)(data)) ;
  if (waitpid(pid, &status, 0) != pid) tap_bail("waitpid") ;
  return wait_estatus(status) ;
}
