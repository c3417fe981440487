/* ISC license. */

/* H31: the wall clock stepping by hours in either direction changes no
   remaining time. The daemon runs under preload-wallclock.so. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <limits.h>

#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { HOURS = 5, SECONDS = HOURS * 3600, LIMIT_MILLISECONDS = 600, EARLY_MILLISECONDS = 200, LATE_MILLISECONDS = 900 } ;

static struct testdaemon holder ;
static struct rawclient c ;
static int file ;
static char clockfile[PATH_MAX] ;

static void step (int64_t seconds)
{
  int fd = open(clockfile, O_WRONLY | O_CREAT | O_TRUNC, 0644) ;
  if (fd == -1 || write(fd, &seconds, sizeof(seconds)) != sizeof(seconds)) tap_bail(clockfile) ;
  close(fd) ;
}

static void start_with_clock (void)
{
  char self[PATH_MAX], shim[PATH_MAX + 32] ;
  ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1) ;
  if (len <= 0 || !getcwd(clockfile, sizeof(clockfile) - 16)) tap_bail("readlink") ;
  self[len] = 0 ;
  *strrchr(self, '/') = 0 ;
  snprintf(shim, sizeof(shim), "%s/preload-wallclock.so", self) ;
  strcat(clockfile, "/clock") ;
  step(0) ;
  setenv("WALLCLOCK_FILE", clockfile, 1) ;
  setenv("LD_PRELOAD", shim, 1) ;
  testdaemon_start(&holder, "s", 0) ;
  unsetenv("LD_PRELOAD") ;
  unsetenv("WALLCLOCK_FILE") ;
}

static void check (int64_t shift, char const *name)
{
  tain limit ;
  double left ;
  step(0) ;
  raw_limit(&limit, LIMIT_MILLISECONDS) ;
  if (raw_store(&c, "x", &limit, file)) tap_bail("store") ;
  step(shift) ;
  left = raw_left(&c, "x", shift) ;
  tap_ok(left > 0, "H31: %s: a dump tells that some is left, by the new clock: %.3f s", name, left) ;
  tap_most((intmax_t)(left * 1000), LIMIT_MILLISECONDS * 12 / 10, "H31: %s: and not too much, in milliseconds", name) ;
  test_sleep(EARLY_MILLISECONDS) ;
  if (!testdaemon_isslow()) tap_ok(raw_holds(&c, "x"), "H31: %s: it is there before its time", name) ;
  test_sleep(LATE_MILLISECONDS - EARLY_MILLISECONDS) ;
  tap_ok(!raw_holds(&c, "x"), "H31: %s: and gone after it", name) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H31: %s: and closed", name) ;
}

int main (void)
{
  char const *sanitized = getenv("SANITIZED") ;
  if (sanitized && *sanitized) tap_skip_all("sanitized programs take no shims") ;
  preloaded_need_loader() ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  start_with_clock() ;
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  check(SECONDS, "hours ahead") ;
  check(-SECONDS, "hours back") ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
