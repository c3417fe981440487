/* ISC license. */

/* liblogger/logdir.h: what a logdir is made of, where it is cut, when, and what is deleted. */

#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "support/logdirs.h"
#include "support/tap.h"

 /* Locks are of processes. */

static int errno_of_another (char const *path)
{
  int status ;
  pid_t pid = fork() ;
  if (!pid)
  {
    struct logdir d ;
    _exit(logdirs_open(&d, path) ? 0 : errno) ;
  }
  if (pid < 0 || waitpid(pid, &status, 0) != pid) tap_bail("fork") ;
  return WEXITSTATUS(status) ;
}

static void test_new (void)
{
  struct logdir d ;
  logdirs_begin() ;
  tap_ok(!!logdirs_open(&d, "new"), "a new one") ;
  tap_int(logdirs_mode("new", "."), 0700, "its mode") ;
  tap_int(logdirs_mode("new", "current"), 0644, "current, in use") ;
  tap_int((intmax_t)logdirs_size("new", "state"), 0, "state") ;
  tap_int(errno_of_another("new"), EBUSY, "another logger") ;
  tap_int(logdirs_say(&d, LOGDIRS_LINE), 1, "a line") ;
  tap_int(logdir_close(&d, &logdirs_now), 1, "it is closed") ;
  tap_int(logdirs_mode("new", "current"), 0744, "current is finished") ;
  tap_ok(!!logdirs_open(&d, "new"), "the next logger") ;
  tap_int(logdirs_mode("new", "current"), 0644, "current is in use again") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  tap_int((intmax_t)logdirs_size("new", "current"), 2 * LOGDIRS_LINE, "it goes on") ;
  logdir_abandon(&d) ;
  tap_ok(!!logdirs_open(&d, "new"), "after one that was killed") ;
  tap_int((intmax_t)logdirs_size("new", "current"), 0, "current is new") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  tap_ok(logdirs_hasall("new"), "and the old one an archive") ;
  logdir_close(&d, &logdirs_now) ;
  tap_ok(!logdirs_open(&d, "no/such") && errno == ENOENT, "no parent: no logdir") ;
}

static void test_sizes (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished, n ;
  logdirs_begin() ;
  logdirs_open(&d, "sizes") ;
  for (unsigned int i = 0 ; i < 500 ; i++)
  {
    logdirs_say(&d, LOGDIRS_LINE) ;
    logdirs_pass(1) ;
  }
  n = logdirs_count("sizes", &largest, &unfinished) ;
  tap_most((intmax_t)largest, LOGDIRS_SIZE, "no archive is larger") ;
  tap_least((intmax_t)largest, LOGDIRS_SIZE - LOGDIRS_TOLERANCE, "nor much smaller") ;
  tap_int(n, 500 * LOGDIRS_LINE / 3900, "so many") ;
  tap_ok(logdirs_hasall("sizes"), "with all lines") ;
  logdirs_say(&d, 3800) ;
  logdirs_say(&d, 5000) ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  logdirs_count("sizes", &largest, &unfinished) ;
  tap_int((intmax_t)largest, 5000, "but for one line that is longer: alone") ;
  tap_ok(logdirs_hasall("sizes"), "with all lines") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* Much at once, as after a backlog: it is cut all the same. */

static void test_backlog (void)
{
  struct logdir d ;
  struct logpart parts[3] ;
  off_t largest ;
  unsigned int unfinished ;
  logdirs_begin() ;
  logdirs_open(&d, "backlog") ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    parts[i].s = logdirs_said + logdirs_saidlen ;
    for (unsigned int j = 0 ; j < 700 ; j++) logdirs_saidlen += (size_t)sprintf(logdirs_said + logdirs_saidlen, "%u and so on\n", logdirs_number++) ;
    parts[i].len = (size_t)(logdirs_said + logdirs_saidlen - parts[i].s) ;
  }
  tap_int(logdir_write(&d, parts, 3, &logdirs_now), 1, "much at once") ;
  logdirs_count("backlog", &largest, &unfinished) ;
  tap_most((intmax_t)largest, LOGDIRS_SIZE, "is cut") ;
  tap_ok(logdirs_hasall("backlog"), "and all there") ;
  logdir_close(&d, &logdirs_now) ;
}

static void test_trim (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished ;
  logdirs_begin() ;
  logdirs_settings.archives = 3 ;
  logdirs_open(&d, "trim") ;
  logdirs_fill(&d, 6) ;
  tap_int(logdirs_count("trim", &largest, &unfinished), 3, "n: so many are kept") ;
  logdirs_settings.archives = 100 ;
  logdirs_settings.total = 2 * (LOGDIRS_SIZE - LOGDIRS_TOLERANCE) ;
  logdirs_fill(&d, 1) ;
  tap_int(logdirs_count("trim", &largest, &unfinished), 2, "S: so many bytes") ;
  logdirs_settings.total = 0 ;
  logdirs_settings.age = 5 ;
  logdirs_fill(&d, 8) ;
  tap_most(logdirs_count("trim", &largest, &unfinished), 6, "a: so many seconds") ;
  logdirs_settings.age = 0 ;
  logdirs_now.wall.tv_sec -= 86400 ;
  logdirs_settings.archives = 3 ;
  logdirs_saidlen = 0 ;
  logdirs_fill(&d, 3) ;
  tap_ok(logdirs_hasall("trim"), "the clock goes back: the newest ones are kept") ;
  logdirs_now.wall.tv_sec += 86400 ;
  logdirs_settings.archives = 0 ;
  logdirs_fill(&d, 1) ;
  tap_int(logdirs_count("trim", &largest, &unfinished), 0, "n0: none") ;
  logdir_close(&d, &logdirs_now) ;
}

static void test_rotations_asked (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished ;
  tain when = tain_infinite ;
  logdirs_begin() ;
  logdirs_settings.every = 60 ;
  logdirs_open(&d, "rotations") ;
  logdir_rotate(&d) ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 0, "asked for, and empty: nothing") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  logdir_rotate(&d) ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 1, "asked for") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  logdir_next(&d, &when) ;
  logdirs_pass(59000) ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 1, "R: not yet") ;
  tap_ok(!tain_less(&when, &logdirs_now.now), "it says when") ;
  logdirs_pass(1000) ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 2, "R: after so many seconds") ;
  logdirs_pass(60000) ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 2, "but not an empty one") ;
  logdir_close(&d, &logdirs_now) ;
}

 /* In the directory of before. */

static void test_rotations_aligned (void)
{
  struct logdir d ;
  off_t largest ;
  unsigned int unfinished ;
  tain when = tain_infinite ;
  logdirs_settings.every = 3600 ;
  logdirs_settings.offset = 600 ;
  logdirs_settings.isaligned = 1 ;
  logdirs_open(&d, "rotations") ;
  logdir_next(&d, &when) ;
  tap_int((intmax_t)((logdirs_now.wall.tv_sec + (time_t)(tai_sec(tain_secp(&when)) - tai_sec(tain_secp(&logdirs_now.now)))) % 3600), 600, "R with an offset") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  logdirs_pass((unsigned int)(tai_sec(tain_secp(&when)) - tai_sec(tain_secp(&logdirs_now.now))) * 1000) ;
  logdirs_now.wall.tv_sec -= 10 ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 2, "not while the clock is behind") ;
  when = tain_infinite ;
  logdir_next(&d, &when) ;
  logdirs_pass(9999) ;
  logdir_turn(&d, &logdirs_now) ;
  tap_ok(!tain_less(&when, &logdirs_now.now), "it looks again then") ;
  logdirs_now.wall.tv_sec++ ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 3, "but when it is there") ;
  logdirs_say(&d, LOGDIRS_LINE) ;
  logdirs_now.wall.tv_sec += 3600 ;
  logdir_turn(&d, &logdirs_now) ;
  tap_int(logdirs_count("rotations", &largest, &unfinished), 4, "and when it is set forward") ;
  logdir_close(&d, &logdirs_now) ;
}

int main (void)
{
  logdirs_start() ;
  test_new() ;
  test_sizes() ;
  test_backlog() ;
  test_trim() ;
  test_rotations_asked() ;
  test_rotations_aligned() ;
  return tap_done() ;
}
