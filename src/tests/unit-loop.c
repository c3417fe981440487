/* ISC license. */

 /* libdaemon/loop.h: what is ready, what was stopped meanwhile, and numbers
    that are used again (H53). The same with both engines. */

#include "support/loopend.h"
#include "support/tap.h"

static void test_edges (void)
{
  struct loopend e ;
  unsigned int expected = loop_hasedges() ? 1 : 2 ;
  loopend_begin(&e, LOOP_READ | LOOP_EDGE) ;
  loopend_say(&e) ;
  loopend_turn() ;
  loopend_turn() ;
  tap_int(e.calls, expected, "an edge is told %s", loop_hasedges() ? "once" : "as a level here, where there are none") ;
  loopend_say(&e) ;
  loopend_turn() ;
  tap_int(e.calls, expected + 1, "and again when more comes") ;
  loopend_finish(&e) ;
}

 /* More than a wait brings at once: all are called within a few turns. */

static void test_many (void)
{
  enum { MANY = 3 * LOOP_BATCH } ;
  static struct loopend e[MANY] ;
  unsigned int called = 0 ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    loopend_begin(e + i, LOOP_READ) ;
    loopend_say(e + i) ;
  }
  for (unsigned int i = 0 ; i < 4 ; i++) loopend_turn() ;
  for (unsigned int i = 0 ; i < MANY ; i++) called += !!e[i].calls ;
  tap_int(called, MANY, "of %u that are ready, all are called within four turns", (unsigned int)MANY) ;
  for (unsigned int i = 0 ; i < MANY ; i++) loopend_finish(e + i) ;
  tap_int(loopend_loop.len, 0, "and the books are empty after it") ;
  tap_int(loopend_loop.alwayslen, 0, "those of what is always ready, too") ;
}

int main (void)
{
  tain_now_set_stopwatch_g() ;
  if (!loop_init(&loopend_loop)) tap_bail("loop_init") ;
  loopend_test_ready() ;
  loopend_test_stopped() ;
  loopend_test_number() ;
  loopend_test_always() ;
  test_edges() ;
  test_many() ;
  loopend_start = &loop_watch_start_briefly ;
  loopend_test_ready() ;
  loopend_test_stopped() ;
  loopend_test_number() ;
  test_many() ;
  loop_end(&loopend_loop) ;
  return tap_done() ;
}
