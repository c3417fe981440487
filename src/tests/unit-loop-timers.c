/* ISC license. */

 /* libdaemon/loop.h: what is due, in its order, and what is not any longer.
    The same with both engines. */

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "support/tap.h"

static struct loop loop ;

struct alarm
{
  struct loop_timer timer ;
  struct loop_timer *other ;  /* cleared when this one is due */
  unsigned int serial ;
} ;

static unsigned int rung ;

static void on_due (void *data, tain const *now)
{
  struct alarm *a = data ;
  (void)now ;
  a->serial = ++rung ;
  if (a->other) loop_timer_clear(&loop, a->other) ;
}

static void on_again (void *data, tain const *now)
{
  rung++ ;
  loop_timer_set(&loop, data, now) ;
}

static void test_timers (void)
{
  enum { ALARMS = 5 } ;
  static unsigned int const ms[ALARMS] = { 30, 10, 20, 10, 3600000 } ;
  struct alarm a[ALARMS] ;
  struct loop_timer again ;
  tain start, when ;
  rung = 0 ;
  start = STAMP ;
  for (unsigned int i = 0 ; i < ALARMS ; i++)
  {
    loop_timer_init(&a[i].timer, &on_due, a + i) ;
    a[i].other = i == 2 ? &a[0].timer : 0 ;
    a[i].serial = 0 ;
    tain_from_millisecs(&when, ms[i]) ;
    tain_add(&when, &when, &STAMP) ;
    loop_timer_set(&loop, &a[i].timer, &when) ;
  }
  for (unsigned int i = 0 ; i < 100 && !a[2].serial ; i++) loop_turn(&loop) ;
  tap_least(a[1].serial, 1, "of two equal times one comes") ;
  tap_least(a[3].serial, 1, "and the other") ;
  tap_int(a[1].serial + a[3].serial, 3, "as the first and the second") ;
  tap_int(a[2].serial, 3, "then the later one") ;
  tain_from_millisecs(&when, 20) ;
  tain_add(&when, &when, &start) ;
  tap_ok(!tain_less(&STAMP, &when), "and none too early") ;
  tain_from_millisecs(&when, 40) ;
  tain_add(&when, &when, &STAMP) ;
  loop_timer_set(&loop, &a[1].timer, &when) ;
  for (unsigned int i = 0 ; i < 100 && rung < 4 ; i++) loop_turn(&loop) ;
  tap_int(a[0].serial, 0, "who was cleared is not called") ;
  tap_int(a[1].serial, 4, "who was set again is") ;
  loop_timer_clear(&loop, &a[4].timer) ;
  loop_timer_init(&again, &on_again, &again) ;
  loop_timer_set(&loop, &again, &STAMP) ;
  rung = 0 ;
  loop_turn(&loop) ;
  tap_int(rung, 1, "who is due again at once is called once a turn") ;
  loop_timer_set(&loop, &again, &tain_infinite) ;
  tap_ok(!tain_less(&again.when, &tain_infinite), "never is no timer") ;
}

int main (void)
{
  tain_now_set_stopwatch_g() ;
  if (!loop_init(&loop)) tap_bail("loop_init") ;
  test_timers() ;
  loop_end(&loop) ;
  return tap_done() ;
}
