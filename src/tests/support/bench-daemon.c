/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "bench.h"
#include "rules.h"
#include "procstatus.h"
#include "tap.h"

static void make_rules (void)
{
  static char const *const names[] = { "STORE_REGEX", "RETRIEVE_REGEX", "LIST", "GETDUMP", "SETDUMP" } ;
  char path[128] ;
  if (!access("rules/uid/self/allow", F_OK)) return ;
  rules_file("rules/uid/self/allow", "", 0) ;
  for (unsigned int i = 0 ; i < 5 ; i++)
  {
    snprintf(path, sizeof(path), "rules/uid/self/env/S6_FDHOLDER_%s", names[i]) ;
    rules_file(path, ".\n", 2) ;
  }
}

static int listening_socket (char const *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0) ;
  strcpy(address.sun_path, path) ;
  unlink(path) ;
  if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 || listen(fd, SOMAXCONN) == -1) tap_bail(path) ;
  return fd ;
}

static void become_daemon (struct bench_daemon const *b, int fd, int ready, char const *program, char const *maxfds)
{
  char *argv[] = { "s6-fdholderd", "-1", "-v0", "-n", (char *)maxfds, "-i", "rules", 0, 0, 0, 0 } ;
  unsigned int n = 7 ;
  if (b->iskept) argv[n++] = "-k" ;
  if (b->maxconn)
  {
    argv[n++] = "-c" ;
    argv[n++] = (char *)b->maxconn ;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  dup2(fd, 0) ;
  dup2(ready, 1) ;
  for (int i = 3 ; i < 100 ; i++) close(i) ;
  execve(program, argv, b->environment) ;
  _exit(127) ;
}

int bench_daemon_start (struct bench_daemon *b, char const *name, char const *dir, char const *maxfds, int *status)
{
  static unsigned int number = 0 ;
  char program[512] ;
  char c ;
  int ready[2] ;
  int fd, r ;
  b->name = name ;
  b->dir = dir ;
  b->environment = bench_environment(dir) ;
  *status = 0 ;
  snprintf(program, sizeof(program), "%s/s6-fdholderd", dir) ;
  if (access(program, X_OK) == -1) return 0 ;
  make_rules() ;
  snprintf(b->socket, sizeof(b->socket), "s%u", number++) ;
  fd = listening_socket(b->socket) ;
  if (pipe(ready) == -1) tap_bail("pipe") ;
  b->pid = fork() ;
  if (b->pid == -1) tap_bail("fork") ;
  if (!b->pid) become_daemon(b, fd, ready[1], program, maxfds) ;
  close(fd) ;
  close(ready[1]) ;
  r = read(ready[0], &c, 1) ;
  close(ready[0]) ;
  if (r == 1) return 1 ;
  waitpid(b->pid, status, 0) ;
  b->pid = 0 ;
  return 0 ;
}

void bench_daemon_stop (struct bench_daemon *b)
{
  if (b->pid <= 1) return ;
  kill(b->pid, b->iskept ? SIGTERM : SIGKILL) ;  /* the worker would live on */
  waitpid(b->pid, 0, 0) ;
  b->pid = 0 ;
}

long bench_daemon_rss (struct bench_daemon const *b)
{
  return procstatus(b->pid, "VmRSS") ;
}

double bench_daemon_calls (struct bench_daemon *b, void (*work) (void *), void *data, unsigned int n)
{
  pid_t tracer = bench_trace(b->pid) ;
  if (!tracer) return -1 ;
  for (unsigned int i = 0 ; i < n ; i++) (*work)(data) ;
  return bench_traced(tracer) / n ;
}
