/* ISC license. */

/* Worker or keeper, one after the other, are killed under eight clients, at random
   (argument: how often, each of three times): what was acknowledged is there, what
   was deleted is not. Who has a connection does not notice the death of a keeper. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/manyclients.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { KILLS = 6, PAUSE_MS = 40 } ;

static pid_t keeper ;
static long longest ;  /* outage, in milliseconds */
static unsigned int random_state = 7 ;

static unsigned int choose (unsigned int n)
{
  random_state = random_state * 1103515245 + 12345 ;
  return (random_state >> 16) % n ;
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
  kill(keeper, SIGKILL) ;
  waitpid(keeper, 0, 0) ;
  if (choose(2)) test_sleep(choose(PAUSE_MS)) ;
  keeper = keeping_start() ;
}

static void judge (struct manyclients *all, char const *name)
{
  tap_int((intmax_t)manyclients_sum(all->wrong), 0, "%s: what was told is so, of %ju operations", name, (uintmax_t)manyclients_sum(all->operations)) ;
}

int main (int argc, char const *const *argv)
{
  int kills = argc > 1 ? atoi(argv[1]) : KILLS ;
  struct manyclients *all ;
  int status ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  keeper = keeping_start() ;
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
  kill(keeper, SIGTERM) ;
  tap_int(waitpid(keeper, &status, 0) == keeper && !status, 1, "in the end all ends") ;
  tap_int(keeping_worker(), 0, "the worker too") ;
  return tap_done() ;
}
