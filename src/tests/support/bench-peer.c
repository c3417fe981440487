/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/strerr.h>

#include "bench.h"
#include "tap.h"

extern char **environ ;

 /* dir may be a link: what is beside it is found by its name. */

char **bench_environment (char const *dir)
{
  static char const name[] = "LD_LIBRARY_PATH=" ;
  char text[4096] ;
  char **all ;
  size_t n = 0, len = 0 ;
  char const *slash = strrchr(dir, '/') ;
  int above = slash ? (int)(slash - dir) : 0 ;
  snprintf(text, sizeof(text), "%.*s/complete", above, dir) ;
  if (access(text, F_OK) == -1) return environ ;
  while (environ[n]) n++ ;
  all = malloc((n + 2) * sizeof(*all)) ;
  if (!all) tap_bail("malloc") ;
  snprintf(text, sizeof(text), "%s%.*s/lib", name, above, dir) ;
  all[len++] = strdup(text) ;
  for (size_t i = 0 ; i < n ; i++)
    if (strncmp(environ[i], name, sizeof(name) - 1)) all[len++] = environ[i] ;
  all[len] = 0 ;
  return all ;
}

/* By exit, so that what was begun is ended: strerr_die does not come by atexit. */

void bench_cannot_run (char const *variable, char const *dir, char const *name, int status)
{
  char program[4096] ;
  char how[64] ;
  snprintf(program, sizeof(program), "%s/%s", dir, name) ;
  if (access(program, X_OK) == -1)
  {
    fprintf(stderr, "%s: fatal: %s names a directory with no program %s: %s\n", PROG, variable, program, strerror(errno)) ;
    exit(111) ;
  }
  if (WIFSIGNALED(status)) snprintf(how, sizeof(how), "it was killed by signal %d", WTERMSIG(status)) ;
  else snprintf(how, sizeof(how), "it exited %d", WEXITSTATUS(status)) ;
  fprintf(stderr, "%s: fatal: %s names %s, which does not run: %s before it was ready\n", PROG, variable, program, how) ;
  exit(111) ;
}

int bench_quick (void)
{
  char const *s = getenv("QUICK") ;
  return s && *s ;
}
