/* ISC license. */

/* liblogger/logdir.h: a current or a directory that is removed or
   replaced under its name, and a disk that is full: every line is there once, in order. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "support/logdirs.h"
#include "support/tap.h"

static void test_removed (void)
{
  struct logdir d ;
  logdirs_begin() ;
  logdirs_open(&d, "removed") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  unlink("removed/current") ;
  logdirs_saidlen = 0 ;
  logdirs_pass(1001) ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 1, "current was removed") ;
  tap_ok(logdirs_hasall("removed"), "there is another one") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* What the old directory has is one thing, and what the new one has another. */

static void test_replaced (void)
{
  struct logdir d, other ;
  logdirs_begin() ;
  logdirs_open(&d, "replaced") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  rename("replaced", "renamed") ;
  logdirs_pass(1001) ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 1, "the directory was renamed") ;
  tap_ok(logdirs_hasall("renamed"), "it is written to, as there is no other") ;
  mkdir("replaced", 0700) ;
  logdirs_saidlen = 0 ;
  logdirs_pass(1001) ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 1, "another one has come") ;
  tap_ok(logdirs_hasall("replaced"), "it is written to") ;
  tap_int(logdirs_mode("renamed", "current"), 0744, "the old one is finished") ;
  tap_ok(logdirs_open(&other, "renamed") != 0, "and nobody's") ;
  logdir_abandon(&other) ;
  tap_ok(!logdirs_open(&other, "replaced") && errno == EBUSY, "the new one is locked") ;
  if (system("rm -rf replaced")) tap_bail("rm") ;
  logdirs_saidlen = 0 ;
  logdirs_settings.retry = 60000 ;
  logdirs_pass(1001) ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 0, "removed: it waits") ;
  mkdir("replaced", 0700) ;
  logdirs_pass(1001) ;
  tap_int(logdir_write(&d, &(struct logpart){ logdirs_said, logdirs_saidlen }, 1, &logdirs_now), 1, "and goes on a second later, where there is one") ;
  tap_ok(logdirs_hasall("replaced"), "with what could not be written") ;
  rename("replaced", "again") ;
  if (!logdirs_open(&other, "replaced")) tap_bail("open") ;
  logdirs_saidlen = 0 ;
  logdirs_pass(1001) ;
  logdirs_settings.retry = 0 ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 0, "another logger has it: it waits") ;
  tap_int(logdir_write(&d, &(struct logpart){ logdirs_said, logdirs_saidlen }, 1, &logdirs_now), 0, "and writes nothing to the old one") ;
  logdir_abandon(&other) ;
  tap_int(logdir_write(&d, &(struct logpart){ logdirs_said, logdirs_saidlen }, 1, &logdirs_now), 1, "until that one has ended") ;
  tap_ok(logdirs_hasall("replaced"), "nothing is lost") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* The processor of the old directory is nobody's affair any more, but for its process. */

static void replace_busy (struct logdir *d, char const *name)
{
  logdirs_say(d, LOGDIRS_LINE) ;
  logdir_rotate(d) ;
  for (unsigned int i = 0 ; i < 2 ; i++) logdir_turn(d, &logdirs_now) ;
  if (d->processing != LOGDIR_RUNNING) tap_bail("no processor") ;
  rename("busy", name) ;
  mkdir("busy", 0700) ;
  logdirs_saidlen = 0 ;
  logdirs_pass(1001) ;
}

static void test_replaced_processing (void)
{
  struct logdir d ;
  pid_t first ;
  logdirs_begin() ;
  logdirs_settings.processor = "exec sleep 100" ;
  logdirs_settings.isshell = 1 ;
  logdirs_open(&d, "busy") ;
  replace_busy(&d, "left") ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 1, "another directory, while a processor is at work") ;
  tap_ok(logdirs_hasall("busy"), "it is written to") ;
  tap_int(d.processing, LOGDIR_IDLE, "and no processor is at work there") ;
  first = d.left[0] ;
  replace_busy(&d, "left2") ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 1, "and another one, while its processor is at work, too") ;
  tap_int(d.left[0], first, "the first one is not forgotten") ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    if (d.left[i] <= 0) tap_bail("no process") ;
    kill(d.left[i], SIGKILL) ;
  }
  for (unsigned int i = 0 ; (d.left[0] || d.left[1]) && i < 1000 ; i++, usleep(10000)) logdir_turn(&d, &logdirs_now) ;
  tap_int(d.left[0], 0, "that of the first directory leaves no zombie") ;
  tap_int(d.left[1], 0, "nor that of the second one") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* A file may grow to so many bytes only: what does not fit is written later, and no line
    is torn by it. */

static void limit_files (rlim_t most)
{
  struct rlimit r ;
  getrlimit(RLIMIT_FSIZE, &r) ;
  r.rlim_cur = most ;
  setrlimit(RLIMIT_FSIZE, &r) ;
}

static void say_half (struct logdir *d, struct logpart *rest)
{
  int isdone ;
  logdirs_say(d, LOGDIRS_LINE) ;
  limit_files(LOGDIRS_LINE + LOGDIRS_LINE / 2) ;
  rest->s = logdirs_said + logdirs_saidlen ;
  rest->len = LOGDIRS_LINE ;
  memset(logdirs_said + logdirs_saidlen, 'y', LOGDIRS_LINE - 1) ;
  logdirs_said[logdirs_saidlen + LOGDIRS_LINE - 1] = '\n' ;
  logdirs_saidlen += LOGDIRS_LINE ;
  isdone = logdir_write(d, rest, 1, &logdirs_now) ;
  limit_files(RLIM_INFINITY) ;  /* stdout may be a file, too */
  tap_int(isdone, 0, "no room") ;
  tap_int((intmax_t)rest->len, LOGDIRS_LINE / 2, "half of it was taken") ;
}

static void test_full (void)
{
  struct logdir d ;
  struct logpart rest ;
  tain when = tain_infinite ;
  logdirs_begin() ;
  logdirs_open(&d, "full") ;
  say_half(&d, &rest) ;
  logdir_next(&d, &when) ;
  tap_ok(tain_less(&when, &tain_infinite), "it says when to try again") ;
  tap_int(logdir_write(&d, &rest, 1, &logdirs_now), 0, "not before") ;
  logdirs_pass(20) ;
  logdir_rotate(&d) ;
  tap_int(logdir_write(&d, &rest, 1, &logdirs_now), 1, "then the rest") ;
  logdir_turn(&d, &logdirs_now) ;
  tap_ok(logdirs_hasall("full"), "all is there, and the line is whole") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* The disk is full, and another one is put in its place: what was not written goes there. */

static void test_full_and_replaced (void)
{
  struct logdir d ;
  struct logpart rest ;
  logdirs_begin() ;
  logdirs_open(&d, "narrow") ;
  say_half(&d, &rest) ;
  rename("narrow", "halved") ;
  mkdir("narrow", 0700) ;
  logdirs_pass(1001) ;
  tap_int(logdir_write(&d, &rest, 1, &logdirs_now), 1, "another directory: it takes the rest") ;
  tap_int(logdirs_mode("halved", "current"), 0644, "the old one is not finished") ;
  tap_int(logdirs_size("halved", "current"), LOGDIRS_LINE + LOGDIRS_LINE / 2, "and has its half") ;
  memmove(logdirs_said, logdirs_said + logdirs_saidlen - LOGDIRS_LINE / 2, LOGDIRS_LINE / 2) ;
  logdirs_saidlen = LOGDIRS_LINE / 2 ;
  tap_ok(logdirs_hasall("narrow"), "the other one has the other half") ;
  logdir_close(&d, &logdirs_now) ;
}

int main (void)
{
  signal(SIGXFSZ, SIG_IGN) ;
  logdirs_start() ;
  test_removed() ;
  test_replaced() ;
  test_replaced_processing() ;
  test_full() ;
  test_full_and_replaced() ;
  return tap_done() ;
}
