/* ISC license. */

/* H22, the daemon's start: one system call or allocation after the other
   fails until none does any more. Either it starts all the same, and then it
   serves, or it exits 111 (100 where what fails is a look at what it was given) and
   has said why. Where it can only not say that it is ready, it says that. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/faults.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { CALLS_MAX = 500, START_MILLISECONDS = 5000, USAGE = 100, SYSTEM_FAILED = 111 } ;

static struct faults *faults ;
static char program[4096] ;
static char preloaded[4096] ;

static void run (int listener, int notify, char const *const *argv)
{
  int messages = open("messages", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  setenv("LD_PRELOAD", preloaded, 1) ;
  setenv("FAULTS", "faults", 1) ;
  dup2(listener, 0) ;
  dup2(notify, 1) ;
  dup2(messages, 2) ;
  execv(program, (char **)argv) ;
  _exit(127) ;
}

 /* 1 when it says that it is ready; 0 when it has exited. */

static int is_ready (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  char byte ;
  return poll(&x, 1, START_MILLISECONDS) > 0 && read(fd, &byte, 1) == 1 ;
}

static char const *serve (void)
{
  struct rawclient c ;
  int file = testfile() ;
  int r = -1 ;
  if (raw_connect(&c, "s", -1, FRAME_NATIVE)) r = raw_store(&c, "x", 0, file) ;
  raw_close(&c) ;
  close(file) ;
  return r ? "it has started, and does not serve" : 0 ;
}

static char const *judge_exit (int status, int wasready)
{
  struct stat st ;
  if (!WIFEXITED(status)) return "it has crashed" ;
  if (wasready) return WEXITSTATUS(status) ? "it has not ended properly" : 0 ;
  if (WEXITSTATUS(status) != SYSTEM_FAILED && WEXITSTATUS(status) != USAGE && WEXITSTATUS(status)) return "it has exited with a code that is not its own" ;
  return stat("messages", &st) || !st.st_size ? "it has not said why" : 0 ;
}

static char const *start (char const *const *argv)
{
  int listener = testdaemon_listen("s") ;
  char const *problem = 0 ;
  int p[2] ;
  int status, isready ;
  pid_t pid ;
  if (pipe2(p, O_CLOEXEC) == -1) tap_bail("pipe2") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) run(listener, p[1], argv) ;
  close(listener) ;
  close(p[1]) ;
  isready = is_ready(p[0]) ;
  close(p[0]) ;
  faults_disarm(faults) ;
  if (isready) problem = serve() ;
  kill(pid, SIGTERM) ;
  if (waitpid(pid, &status, 0) != pid) tap_bail("waitpid") ;
  return problem ? problem : judge_exit(status, isready) ;
}

static void until_none (enum fault_function function, char const *const *argv, char const *name)
{
  unsigned int k = 0 ;
  char const *problem ;
  do
  {
    k++ ;
    faults_arm(faults, function, k, k, 0) ;
    problem = start(argv) ;
    if (problem) tap_diag("call %u", k) ;
  }
  while (!problem && faults->failed && k < CALLS_MAX) ;
  tap_string(problem, 0, "%s: %s, %u calls", name, fault_names[function], k - 1) ;
  tap_most(k, CALLS_MAX - 1, "%s: %s: its calls come to an end", name, fault_names[function]) ;
}

int main (void)
{
  static char const *const directory[] = { "s6-fdholderd", "-1", "-i", "rules", 0 } ;
  static char const *const cdb[] = { "s6-fdholderd", "-1", "-x", "rules.cdb", 0 } ;
  if (testdaemon_isslow()) tap_skip_all("takes no preloaded shim under wrappers and sanitizers") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  preloaded_shim(preloaded, sizeof(preloaded)) ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  faults = faults_new("faults") ;
  testdaemon_compile_rules() ;
  for (unsigned int f = FAULT_NONE + 1 ; f < FAULT_COUNT ; f++) until_none(f, directory, "directory") ;
  for (unsigned int f = FAULT_NONE + 1 ; f < FAULT_COUNT ; f++) until_none(f, cdb, "cdb") ;
  return tap_done() ;
}
