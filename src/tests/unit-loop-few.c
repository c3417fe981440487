/* ISC license. */

 /* libdaemon/loop.h: what is watched briefly, and few, which are asked without epoll. */

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "support/loopend.h"
#include "support/tap.h"

 /* What was to be brief, and is not, is like any other. */

static void test_brief (void)
{
  struct loopend a, b ;
  loopend_begin(&a, LOOP_READ) ;
  loopend_turn() ;
  loopend_turn() ;
  tap_int(a.calls, 0, "briefly: not called while nothing is ready") ;
  loopend_begin(&b, LOOP_READ) ;
  loopend_say(&a) ;
  loopend_say(&b) ;
  loopend_turn() ;
  tap_int(a.calls, 1, "briefly: an older one, that has stayed, is called") ;
  tap_int(b.calls, 1, "and a new one beside it") ;
  loopend_turn() ;
  loopend_turn() ;
  tap_int(a.calls, 3, "both again") ;
  tap_int(b.calls, 3, "and again") ;
  loopend_finish(&b) ;
  loopend_begin(&b, 0) ;
  loopend_say(&b) ;
  loop_watch_change(&loopend_loop, &b.watch, LOOP_READ) ;
  loopend_turn() ;
  tap_int(b.calls, 1, "briefly: what it wants may change before") ;
  loop_watch_change(&loopend_loop, &b.watch, 0) ;
  loopend_turn() ;
  tap_int(b.calls, 1, "and after") ;
  loopend_finish(&b) ;
  loopend_finish(&a) ;
  loopend_begin(&a, LOOP_READ) ;
  loopend_say(&a) ;
  loop_watch_stop(&loopend_loop, &a.watch) ;
  loopend_turn() ;
  tap_int(a.calls, 0, "briefly: stopped before it was ever looked at") ;
  close(a.fd[0]) ;
  close(a.fd[1]) ;
}

static int begin_plain (struct loopend *e)
{
  loopend_open(e) ;
  return loop_watch_start(&loopend_loop, &e->watch, e->fd[0], LOOP_READ) ;
}

 /* While all are few, epoll is not asked beside one that is brief: without it
    they are found. */

static void test_few (void)
{
  struct loopend e[LOOP_FEW], brief ;
  int fd = loopend_loop.fd ;
  unsigned int called = 0 ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++)
  {
    if (!begin_plain(e + i)) tap_bail("loop_watch_start") ;
    loopend_say(e + i) ;
  }
  loopend_begin(&brief, LOOP_READ) ;
  loopend_say(&brief) ;
  loopend_loop.fd = INT_MAX ;
  loopend_turn() ;
  loopend_loop.fd = fd ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) called += e[i].calls ;
  tap_int(called, LOOP_FEW, "few: all that are ready are called") ;
  tap_int(brief.calls, 1, "few: and the brief one") ;
  loopend_finish(&brief) ;
  loopend_finish(e) ;
  loopend_finish(e + LOOP_FEW - 1) ;  /* it has the place of the first one by now */
  loopend_begin(&brief, LOOP_READ) ;
  loopend_loop.fd = INT_MAX ;
  loopend_turn() ;
  loopend_loop.fd = fd ;
  called = 0 ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) called += e[i].calls ;
  tap_int(called, 2 * LOOP_FEW - 2, "few: again, but for those that were stopped") ;
  loopend_finish(&brief) ;
  for (unsigned int i = 1 ; i < LOOP_FEW - 1 ; i++) loopend_finish(e + i) ;
  tap_int(loopend_loop.len, 0, "few: the books are empty after it") ;
}

 /* One more than few: whoever it is, he is found beside one that is brief. */

static void test_more (void)
{
  enum { MORE = LOOP_FEW + 1 } ;
  struct loopend e[MORE] ;
  unsigned int called = 0 ;
  for (unsigned int i = 0 ; i < MORE ; i++) if (!begin_plain(e + i)) tap_bail("loop_watch_start") ;
  for (unsigned int i = 0 ; i < MORE ; i++)
  {
    struct loopend brief ;
    loopend_begin(&brief, LOOP_READ) ;
    loopend_say(e + i) ;
    loopend_turn() ;
    called += e[i].calls ;
    loopend_finish(&brief) ;
    loopend_finish(e + i) ;
  }
  tap_int(called, MORE, "more than few: each is called") ;
  tap_int(loopend_loop.len, 0, "more than few: the books are empty after it") ;
}

 /* The same without epoll, for who knows that they are few. */

static void test_few_only (void)
{
  struct loopend e[LOOP_FEW], more ;
  if (!loop_init_few(&loopend_loop)) tap_bail("loop_init_few") ;
  loopend_test_ready() ;
  loopend_test_stopped() ;
  loopend_test_number() ;
  loopend_test_always() ;
  loopend_start = &loop_watch_start_briefly ;
  loopend_test_ready() ;
  loopend_test_stopped() ;
  loopend_start = &loop_watch_start ;
  tap_int(loopend_loop.len, 0, "few only: the books are empty after it") ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) loopend_begin(e + i, LOOP_READ) ;
  if (loop_hasedges())
  {
    tap_int(loopend_loop.fd, -1, "few only: there is no epoll") ;
    loopend_open(&more) ;
    tap_ok(!loop_watch_start(&loopend_loop, &more.watch, more.fd[0], LOOP_READ), "few only: one more is refused") ;
    tap_error(errno, ENOSPC, "few only: with ENOSPC") ;
    loopend_finish(&more) ;
  }
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) loopend_finish(e + i) ;
  loop_end(&loopend_loop) ;
}

int main (void)
{
  tain_now_set_stopwatch_g() ;
  if (!loop_init(&loopend_loop)) tap_bail("loop_init") ;
  loopend_start = &loop_watch_start_briefly ;
  test_brief() ;
  test_few() ;
  test_more() ;
  loop_end(&loopend_loop) ;
  test_few_only() ;
  return tap_done() ;
}
