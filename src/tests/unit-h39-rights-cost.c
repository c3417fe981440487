/* ISC license. */

/* H39: rights cost nothing before a request needs them. Changed rules are
   seen by new connections at once, and by held ones within a second. */

#include <errno.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/tracing.h"

enum { FRESH_MILLISECONDS = 1000, SLACK_MILLISECONDS = 500 } ;

static struct testdaemon holder ;

static void check_cost (void)
{
  struct tracing t ;
  struct rawclient c, other ;
  raw_must_connect(&other, "s", FRAME_S6) ;
  raw_list(&other) ;
  tracing_start(&t, &holder) ;
  tracing_mark(&other, "mark-1") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  tracing_mark(&other, "mark-2") ;
  tracing_mark(&c, "mark-3") ;
  tracing_mark(&c, "mark-4") ;
  tracing_mark(&c, "mark-5") ;
  tracing_end(&t) ;
  tap_int(tracing_count(&t, "mark-1", "mark-2", "accept4("), 1, "H39: a connection is accepted") ;
  tap_int(tracing_count(&t, "mark-1", "mark-2", "env"), 0, "H39: and no right is read for it") ;
  tap_int(tracing_count(&t, "mark-4", "mark-5", "rules/"), 0, "H39: for its second request no rule is looked up") ;
  tracing_free(&t) ;
  raw_close(&c) ;
  raw_close(&other) ;
}

 /* Milliseconds until the held connection gets that answer. */

static double time_until (struct rawclient *c, int answer)
{
  double begun = test_seconds() ;
  while (raw_list(c) != answer)
  {
    if (test_seconds() - begun > 5) return 5000 ;
    test_sleep(5) ;
  }
  return (test_seconds() - begun) * 1000 ;
}

static void check_change (enum frame_dialect dialect, char const *name)
{
  struct rawclient held, new ;
  double took ;
  testdaemon_allow_all("uid/default") ;
  raw_must_connect(&held, "s", dialect) ;
  tap_error(raw_list(&held), 0, "H39: %s: a connection may list", name) ;
  testdaemon_allow("uid/default", ".*", ".*", "GETDUMP SETDUMP") ;
  raw_must_connect(&new, "s", dialect) ;
  tap_error(raw_list(&new), EPERM, "H39: %s: a new one may not, once the rules have changed", name) ;
  raw_close(&new) ;
  took = time_until(&held, EPERM) ;
  tap_most((intmax_t)took, FRESH_MILLISECONDS + SLACK_MILLISECONDS - 1, "H39: %s: nor may the held one within a second, in milliseconds", name) ;
  testdaemon_allow_all("uid/default") ;
  took = time_until(&held, 0) ;
  tap_most((intmax_t)took, FRESH_MILLISECONDS + SLACK_MILLISECONDS - 1, "H39: %s: and it may again within a second, in milliseconds", name) ;
  raw_close(&held) ;
}

 /* The rule itself changes between the first need of one right and that of another. */

static void check_rule (void)
{
  struct rawclient held ;
  double begun ;
  int e ;
  testdaemon_forget_rules() ;
  testdaemon_allow_all("uid/default") ;
  raw_must_connect(&held, "s", FRAME_NATIVE) ;
  if (raw_list(&held)) tap_bail("list") ;
  begun = test_seconds() ;
  testdaemon_deny("uid/self") ;
  test_sleep(FRESH_MILLISECONDS * 9 / 10) ;
  raw_setdump(&held, 0) ;
  while (test_seconds() - begun < FRESH_MILLISECONDS * 1.2 / 1000) test_sleep(1) ;
  e = raw_setdump(&held, 0) ;
  tap_error(e, EPERM, "H39: whichever right is needed, a rule that has changed serves for a second at most") ;
  raw_close(&held) ;
}

int main (void)
{
  tracing_need() ;
  testdaemon_begin(&holder, 0) ;
  check_cost() ;
  check_change(FRAME_NATIVE, "native") ;
  check_change(FRAME_S6, "s6") ;
  check_rule() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
