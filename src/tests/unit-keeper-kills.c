/* ISC license. */

/* Worker or keeper, one after the other, are killed under eight clients, at random
   (argument: how often, each of three times): what was acknowledged is there, what
   was deleted is not. Who has a connection does not notice the death of a keeper. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/manyclients.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { KILLS = 6, READY_MS = 20000, PAUSE_MS = 40 } ;

static struct
{
  pid_t pid ;
  int ready ;
} keeper ;
static long longest ;  /* outage, in milliseconds */
static unsigned int random_state = 7 ;

static unsigned int choose (unsigned int n)
{
  random_state = random_state * 1103515245 + 12345 ;
  return (random_state >> 16) % n ;
}

 /* As the supervisor does. The path is the programs'. */

static void start_keeper (void)
{
  static char program[8192] ;
  int p[2] ;
  char byte ;
  testdaemon_program(program, sizeof(program), "s6-fdholder-daemon") ;
  if (pipe2(p, O_CLOEXEC) == -1) tap_bail("pipe2") ;
  fflush(stdout) ;
  keeper.pid = fork() ;
  if (keeper.pid == -1) tap_bail("fork") ;
  if (!keeper.pid)
  {
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    if (dup2(p[1], 1) == -1) _exit(126) ;
    execl(program, program, "-1", "-v", "0", "-k", "-c", "64", "-i", "rules", "s", (char *)0) ;
    _exit(127) ;
  }
  close(p[1]) ;
  if (read(p[0], &byte, 1) != 1) tap_bail("no keeper") ;
  close(p[0]) ;
}

static int is_served (void)
{
  struct rawclient c ;
  int r ;
  if (!raw_connect(&c, "s", (uid_t)-1, FRAME_NATIVE)) return 0 ;
  r = !raw_list(&c) ;
  raw_close(&c) ;
  return r ;
}

static void kill_worker (void)
{
  pid_t pid = keeping_await_worker(0) ;
  double begun ;
  long took ;
  if (!pid) tap_bail("no worker") ;
  kill(pid, SIGKILL) ;
  begun = test_seconds() ;
  while (!is_served()) ;
  took = test_since(begun) ;
  if (took > longest) longest = took ;
}

static void kill_keeper (void)
{
  kill(keeper.pid, SIGKILL) ;
  waitpid(keeper.pid, 0, 0) ;
  if (choose(2)) test_sleep(choose(PAUSE_MS)) ;
  start_keeper() ;
}

static void judge (struct manyclients *all, char const *name)
{
  tap_int((intmax_t)manyclients_sum(all->wrong), 0, "%s: what was told is so, of %ju operations", name, (uintmax_t)manyclients_sum(all->operations)) ;
}

int main (int argc, char const *const *argv)
{
  int kills = argc > 1 ? atoi(argv[1]) : KILLS ;
  char path[16384], program[8192] ;
  struct manyclients *all ;
  int status ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_program(program, sizeof(program), "") ;
  snprintf(path, sizeof(path), "%s:%s", program, getenv("PATH")) ;
  setenv("PATH", path, 1) ;
  start_keeper() ;
  all = manyclients_begin("s") ;
  for (int i = 0 ; i < kills ; i++)
  {
    test_sleep(choose(PAUSE_MS)) ;
    kill_keeper() ;
  }
  tap_int((intmax_t)manyclients_sum(all->broken), 0, "%d keepers were killed: no connection was", kills) ;
  judge(all, "keepers killed") ;
  for (int i = 0 ; i < kills ; i++)
  {
    test_sleep(choose(PAUSE_MS)) ;
    kill_worker() ;
  }
  judge(all, "workers killed") ;
  for (int i = 0 ; i < kills ; i++)
  {
    test_sleep(choose(PAUSE_MS)) ;
    if (choose(2)) kill_worker() ;
    else kill_keeper() ;
  }
  manyclients_end(all) ;
  judge(all, "either") ;
  tap_least((intmax_t)manyclients_sum(all->broken), 1, "connections broke") ;
  tap_diag("longest outage: %ld ms; %d kills", longest, 3 * kills) ;
  kill(keeper.pid, SIGTERM) ;
  tap_int(waitpid(keeper.pid, &status, 0) == keeper.pid && !status, 1, "in the end all ends") ;
  tap_int(keeping_worker(), 0, "the worker too") ;
  return tap_done() ;
}
