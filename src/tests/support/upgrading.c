/* ISC license. */

#include <signal.h>

#include "preloaded.h"
#include "tap.h"
#include "testdaemon.h"
#include "upgrading.h"

enum { PATIENCE_MS = 20000, OPTIONS_MAX = 16 } ;

void upgrading_begin (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  preloaded_log_to("log") ;
}

void upgrading_start (struct testdaemon *d, char const *const *options)
{
  char const *all[OPTIONS_MAX] = { "-v", "2" } ;
  for (unsigned int i = 2 ; options && *options && i < OPTIONS_MAX - 1 ; i++) all[i] = *options++ ;
  testdaemon_start(d, "s", all) ;
}

unsigned int upgrading_count (char const *word)
{
  return preloaded_count_lines("log", word) ;
}

int upgrading_await (char const *word, unsigned int n)
{
  double begun = test_seconds() ;
  while (upgrading_count(word) < n)
  {
    if (test_since(begun) > PATIENCE_MS * (long)test_patience()) return 0 ;
    test_sleep(1) ;
  }
  return 1 ;
}

static int try (struct testdaemon const *d, char const *word)
{
  unsigned int n = upgrading_count(word) ;
  kill(d->pid, SIGUSR1) ;
  return upgrading_await(word, n + 1) ;
}

int upgrading_do (struct testdaemon const *d)
{
  return try(d, UPGRADING_DONE) ;
}

int upgrading_is_refused (struct testdaemon const *d, char const *why)
{
  unsigned int done = upgrading_count(UPGRADING_DONE) ;
  return try(d, why) && upgrading_count(UPGRADING_DONE) == done ;
}
