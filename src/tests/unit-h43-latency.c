/* ISC license. */

/* H43: ten descriptors whose close never returns cost those who retrieve
   nothing: the 99th of 100 retrieves takes at most 1.2 times what it takes
   from a holder without them; nor does a holder wake up again and again that
   has more to close, and nobody to do it. */

#include <stdio.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/sides.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum { STUCK = 10, ROUNDS = 15, RETRIEVES = 500, TRIES = 4, IDLE_MS = 600, NAPS_MAX = 12 } ;

static double slow_one (struct rawclient *c)
{
  static double took[RETRIEVES] ;
  for (unsigned int i = 0 ; i < RETRIEVES ; i++)
  {
    double begun = test_seconds() ;
    int fd ;
    if (raw_retrieve(c, 0, "file", &fd)) tap_bail("retrieve") ;
    took[i] = test_seconds() - begun ;
    close(fd) ;
  }
  return timing_percentile(took, RETRIEVES, 99) ;
}

static void begin (struct side *s, char const *path, enum frame_dialect dialect, int file)
{
  side_begin(s, path, (char const *const []){ "-v", "0", "-T", "500", 0 }, dialect, file) ;
}

static void store_stuck (struct rawclient *c)
{
  for (unsigned int i = 0 ; i < STUCK ; i++)
  {
    raw_must_store(c, "stuck", stuckfile_open()) ;
    if (raw_delete(c, "stuck")) tap_bail("delete") ;
  }
  for (unsigned int i = 0 ; i < 500 && !stuckfile_waiting() ; i++) test_sleep(10) ;
  tap_least(stuckfile_waiting(), 1, "H43: %d are stuck", STUCK) ;
}

static void compare (struct side *s, char const *name)
{
  char named[128] ;
  snprintf(named, sizeof(named), "H43: %s: the 99th percentile of a retrieve", name) ;
  sides_compare(s, &slow_one, ROUNDS, TRIES, named) ;
}

 /* What waits behind them must wait for an event, not for a clock. */

static void idle (struct side *s, char const *name)
{
  long naps = testdaemon_naps(&s->holder) ;
  test_sleep(IDLE_MS) ;
  naps = testdaemon_naps(&s->holder) - naps ;
  tap_most(naps, NAPS_MAX, "H43: %s: a holder with stuck descriptors sleeps, too", name) ;
  tap_diag("%s: woken %ld times in %d ms", name, naps, IDLE_MS) ;
}

int main (void)
{
  struct side native[2], s6[2] ;
  char const *why ;
  int file ;
  testdaemon_need_closers() ;
  if (testdaemon_isslow()) tap_skip_all("times prove nothing here") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  if (!stuckfile_begin(&why)) tap_skip_all(why) ;
  file = testfile() ;
  begin(native, "0", FRAME_NATIVE, file) ;
  begin(native + 1, "1", FRAME_NATIVE, file) ;
  begin(s6, "2", FRAME_S6, file) ;
  begin(s6 + 1, "3", FRAME_S6, file) ;
  store_stuck(&native[1].c) ;
  store_stuck(&s6[1].c) ;
  idle(native + 1, "native") ;
  idle(s6 + 1, "s6") ;
  compare(native, "native") ;
  compare(s6, "s6") ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    testdaemon_finish(&native[i].holder) ;
    testdaemon_finish(&s6[i].holder) ;
  }
  return tap_done() ;
}
