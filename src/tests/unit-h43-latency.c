/* ISC license. */

/* H43: ten descriptors whose close never returns cost those who retrieve
   nothing: the 99th of 100 retrieves takes at most 1.2 times what it takes
   from a holder without them; nor does a holder wake up again and again that
   has more to close, and nobody to do it. Rounds are interleaved, and the best of each
   counts, for the machine may have other work. */

#include <stdlib.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { STUCK = 10, ROUNDS = 15, RETRIEVES = 500, TRIES = 4, IDLE_MS = 600, NAPS_MAX = 12 } ;

struct side
{
  struct testdaemon holder ;
  struct rawclient c ;
  double best ;
} ;

static int compare (void const *a, void const *b)
{
  double x = *(double const *)a, y = *(double const *)b ;
  return x < y ? -1 : x > y ;
}

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
  qsort(took, RETRIEVES, sizeof(*took), &compare) ;
  return took[RETRIEVES * 99 / 100] ;
}

static void measure (struct side *s)
{
  for (unsigned int i = 0 ; i < 2 ; i++) s[i].best = 1e9 ;
  for (unsigned int round = 0 ; round < 2 * ROUNDS ; round++)
  {
    struct side *one = s + (round & 1) ;
    double took = slow_one(&one->c) ;
    if (took < one->best) one->best = took ;
  }
}

static void begin (struct side *s, char const *path, enum frame_dialect dialect, int file)
{
  testdaemon_start(&s->holder, path, (char const *const []){ "-v", "0", "-T", "500", 0 }) ;
  raw_must_connect(&s->c, path, dialect) ;
  raw_must_store(&s->c, "file", file) ;
}

static void store_stuck (struct rawclient *c)
{
  for (unsigned int i = 0 ; i < STUCK ; i++)
  {
    raw_must_store(c, "stuck", stuckfile_open()) ;
    if (raw_delete(c, "stuck")) tap_bail("delete") ;
  }
  for (unsigned int i = 0 ; i < 500 && !stuckfile_waiting() ; i++) test_sleep(10) ;
  tap_ok(stuckfile_waiting(), "H43: %d are stuck", STUCK) ;
}

static void compare_sides (struct side *s, char const *name)
{
  unsigned int tries = 0 ;
  do measure(s) ;
  while (s[1].best > 1.2 * s[0].best && ++tries < TRIES) ;
  tap_ok(s[1].best <= 1.2 * s[0].best, "H43: %s: the 99th percentile of a retrieve is at most 1.2 times that without", name) ;
  tap_diag("%s: 99th percentile %.1f us with, %.1f us without: %.2f", name, s[1].best * 1e6, s[0].best * 1e6, s[1].best / s[0].best) ;
}

 /* What waits behind them must wait for an event, not for a clock. */

static void idle (struct side *s, char const *name)
{
  long naps = testdaemon_naps(&s->holder) ;
  test_sleep(IDLE_MS) ;
  naps = testdaemon_naps(&s->holder) - naps ;
  tap_ok(naps <= NAPS_MAX, "H43: %s: a holder with stuck descriptors sleeps, too", name) ;
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
  compare_sides(native, "native") ;
  compare_sides(s6, "s6") ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    testdaemon_finish(&native[i].holder) ;
    testdaemon_finish(&s6[i].holder) ;
  }
  return tap_done() ;
}
