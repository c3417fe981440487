/* ISC license. */

/* liblogger/logdir.h: every line is there once, in order, whatever the
   logger before has left. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/logdirs.h"
#include "support/tap.h"

enum { ROUNDS = 300 } ;

static void test_left (char const *path, unsigned int previous, int islinked, unsigned int current, mode_t mode)
{
  struct logdir d ;
  char old[256], new[256] ;
  logdirs_begin() ;
  mkdir(path, 0700) ;
  if (previous) logdirs_leave(path, "previous", 0644, previous) ;
  snprintf(old, sizeof(old), "%s/previous", path) ;
  snprintf(new, sizeof(new), "%s/@400000006863250000000001.s", path) ;
  if (islinked && link(old, new) == -1) tap_bail("link") ;
  if (current) logdirs_leave(path, "current", mode, current) ;
  tap_ok(!!logdirs_open(&d, path), "left: %s", path) ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  tap_ok(logdirs_hasall(path), "all is there") ;
  tap_int((intmax_t)logdirs_size(path, "previous"), -1, "and previous is not") ;
  logdir_close(&d, &logdirs_now) ;
}

static void test_left_over (void)
{
  test_left("previous", 3, 0, 0, 0) ;
  test_left("both", 3, 0, 3, 0644) ;
  test_left("linked", 3, 1, 3, 0644) ;
  test_left("beside-a-clean-one", 3, 0, 3, 0744) ;
  test_left("empty", 0, 0, 0, 0) ;
}

static void test_processed (void)
{
  struct logdir d ;
  logdirs_begin() ;
  mkdir("processed", 0700) ;
  logdirs_leave("processed", "previous", 0744, 2) ;
  logdirs_saidlen = 0 ;
  logdirs_leave("processed", "processed", 0744, 2) ;
  logdirs_open(&d, "processed") ;
  tap_ok(logdirs_hasall("processed"), "processed is whole: previous was its source") ;
  logdir_close(&d, &logdirs_now) ;
  logdirs_begin() ;
  mkdir("half", 0700) ;
  logdirs_leave("half", "processed", 0644, 2) ;
  logdirs_saidlen = 0 ;
  logdirs_leave("half", "previous", 0744, 2) ;
  logdirs_open(&d, "half") ;
  tap_ok(logdirs_hasall("half"), "processed is not whole: previous is kept") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* Killed between two lines, again and again. */

static void test_kills (void)
{
  struct logdir d ;
  unsigned int wrong = 0 ;
  logdirs_begin() ;
  srand(1) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    if (!logdirs_open(&d, "kills")) tap_bail("open") ;
    for (int j = rand() % 30 ; j-- ; logdirs_pass(1)) wrong += !logdirs_say(&d, 20 + (size_t)rand() % 300) ;
    if (rand() % 4 == 0) logdir_rotate(&d) ;
    if (rand() % 3) logdir_abandon(&d) ;
    else wrong += !logdir_close(&d, &logdirs_now) ;
    if (logdirs_saidlen > LOGDIRS_TEXT_MAX / 2) break ;
  }
  tap_int(wrong, 0, "killed and closed, %u times", ROUNDS) ;
  tap_ok(logdirs_hasall("kills"), "every line is there once, in order") ;
}

int main (void)
{
  logdirs_start() ;
  test_left_over() ;
  test_processed() ;
  test_kills() ;
  return tap_done() ;
}
