/* ISC license. */

/* libsupervise/svwatch.h, in moments that no script can choose: what is told between the
   subscription and the look at the status is of before; what comes with a status that cannot be written; and
   what is left at the end. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/tai.h>

#include "libdaemon/svlock.h"
#include "libfifodir/fifodir.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/svwatch.h"
#include "support/tap.h"

enum { PID = 77, UP = SVSTATUS_WANTEDUP, DOWN = SVSTATUS_READY } ;

static char const *tell = 0 ;  /* what is told when somebody begins to listen */

 /* The last step of a subscription. */

int rename (char const *from, char const *to)
{
  int r = renameat(AT_FDCWD, from, AT_FDCWD, to) ;
  if (!r && tell && strstr(to, "/ftrig1:"))
  {
    char const *letters = tell ;
    tell = 0 ;
    if (!fifodir_notify("event", letters, strlen(letters))) tap_bail("fifodir_notify") ;
  }
  return r ;
}

static void put (pid_t pid, unsigned int flags)
{
  struct svstatus s = { .pid = pid, .flags = flags } ;
  if (!tain_wallclock_read(&s.changed)) tap_bail("tain_wallclock_read") ;
  s.readied = s.changed ;
  if (!svstatus_write(".", &s)) tap_bail("svstatus_write") ;
}

static int count (char const *path)
{
  DIR *dir = opendir(path) ;
  int n = 0 ;
  while (readdir(dir)) n++ ;
  closedir(dir) ;
  return n - 2 ;
}

static enum svwatch_event wait_for (struct svwatch *w, int other, enum svwatch_trouble *t)
{
  tain deadline ;
  if (!tain_now_set_stopwatch_g()) tap_bail("tain_now_set_stopwatch_g") ;
  tain_addsec_g(&deadline, 0) ;
  return svwatch_wait(w, other, &deadline, t) ;
}

static void begin (struct svwatch *w, enum wait_want want)
{
  static char const *const paths[] = { "." } ;
  if (!svwatch_init(w, paths, 1, want, 0, 0)) tap_bail("svwatch_init") ;
  tap_int(svwatch_look(w), SVWATCH_FINE, "it is looked at") ;
  tap_int(wait_verdict(&w->wait), WAIT_GOON, "it is not as it is wanted") ;
  tap_int(svwatch_listen(w), SVWATCH_FINE, "it is listened to") ;
  tap_int(count("event"), 1, "by a fifo") ;
}

static void check_before (void)
{
  struct svwatch w ;
  enum svwatch_trouble t ;
  put(PID, UP) ;
  tell = "dDu" ;
  begin(&w, WAIT_DOWN) ;
  tap_int(wait_for(&w, -1, &t), SVWATCH_LATE, "what was told before it was looked at again is of before") ;
  fifodir_notify("event", "d", 1) ;
  tap_int(wait_for(&w, -1, &t), SVWATCH_DECIDED, "what is told after that is not") ;
  svwatch_free(&w) ;
}

 /* It changes in the middle: no letter is needed. */

static void check_between (void)
{
  struct svwatch w ;
  enum svwatch_trouble t ;
  static char const *const paths[] = { "." } ;
  put(PID, UP) ;
  if (!svwatch_init(&w, paths, 1, WAIT_DOWN, 0, 0)) tap_bail("svwatch_init") ;
  svwatch_look(&w) ;
  put(0, DOWN) ;
  tap_int(svwatch_listen(&w), SVWATCH_FINE, "who has changed since the first look") ;
  tap_int(wait_for(&w, -1, &t), SVWATCH_DECIDED, "is seen at the second") ;
  svwatch_free(&w) ;
}

static void check_other (void)
{
  struct svwatch w ;
  enum svwatch_trouble t ;
  int p[2] ;
  if (pipe(p) == -1 || write(p[1], "", 1) != 1) tap_bail("pipe") ;
  put(PID, UP) ;
  begin(&w, WAIT_FINISHED) ;
  tap_int(wait_for(&w, p[0], &t), SVWATCH_OTHER, "the other descriptor") ;
  fifodir_notify("event", "dD", 2) ;
  tap_int(wait_for(&w, p[0], &t), SVWATCH_DECIDED, "what decides comes first") ;
  svwatch_free(&w) ;
}

static void check_trouble (void)
{
  struct svwatch w ;
  enum svwatch_trouble t ;
  int fd ;
  put(PID, UP) ;
  begin(&w, WAIT_DOWN) ;
  fd = open("supervise/status", O_WRONLY | O_TRUNC) ;
  close(fd) ;
  fifodir_notify("event", "z", 1) ;
  tap_int(wait_for(&w, -1, &t), SVWATCH_LATE, "a status that cannot be read changes nothing") ;
  fifodir_notify("event", "d", 1) ;
  tap_int(wait_for(&w, -1, &t), SVWATCH_DECIDED, "letters do") ;
  svwatch_free(&w) ;
}

static int lowest (void)
{
  int fd = dup(0) ;
  close(fd) ;
  return fd ;
}

int main (void)
{
  int before ;
  mkdir("supervise", 0700) ;
  if (!fifodir_make("event", getegid(), 0) || svlock_take("supervise/lock", 0600) < 0) tap_bail("a service directory") ;
  before = lowest() ;
  check_before() ;
  check_between() ;
  check_trouble() ;
  tap_int(lowest(), before, "no descriptor is left") ;
  check_other() ;
  tap_int(count("event"), 0, "and no fifo") ;
  return tap_done() ;
}
