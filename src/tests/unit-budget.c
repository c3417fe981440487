/* ISC license. */

 /* budget.h: how -c and -n are cut down to a hard limit. */

#include "libfdholderd/budget.h"
#include "support/tap.h"

enum { BASE = BUDGET_BASE + BUDGET_TRANSIENT + BUDGET_CLOSING + BUDGET_UNREAD } ;

static void fits (char const *what, uint32_t maxconn, uint32_t maxfds, uint64_t hard, uint32_t conn, uint32_t fds)
{
  struct budget b ;
  budget_fit(&b, maxconn, maxfds, hard) ;
  tap_int(b.maxconn, conn, "%s: -c", what) ;
  tap_int(b.maxfds, fds, "%s: -n", what) ;
  if (fds) tap_most(b.need, hard, "%s: the need is within the limit", what) ;
}

int main (void)
{
  struct budget b ;
  fits("defaults under a large limit", 0, 0, 1000000, 64, 65536) ;
  fits("defaults under 1024: -n is what is left, and some are left over", 0, 0, 1024, 64, 1024 - BASE - 256 - BUDGET_SPARE) ;
  fits("-n 256 under 1024, as scripts have it", 0, 256, 1024, 64, 256) ;
  fits("the exact need", 64, 1000, BASE + 1000 + 256, 64, 1000) ;
  fits("one less than the need cuts -c", 64, 1000, BASE + 1000 + 256 - 1, 63, 1000) ;
  fits("one more than the need cuts nothing", 64, 1000, BASE + 1000 + 256 + 1, 64, 1000) ;
  fits("-c goes down to 16 first, then -n", 64, 1000, BASE + 900 + 64, 16, 900) ;
  fits("-c below 16 stays as it was asked for", 4, 1000, BASE + 900 + 16, 4, 900) ;
  fits("no room for any", 64, 1000, BASE + 26, 16, 0) ;
  budget_fit(&b, 64, 1000, 100) ;
  tap_int(b.wanted, BASE + 1000 + 256, "the need is told") ;
  budget_fit(&b, 16, 100, 1000) ;
  tap_int(b.need, BASE + 100 + 64, "the need is what was asked and no more") ;
  tap_int(b.limit, 100 + 16, "an answer may keep one for each connection") ;
  tap_ok(budget_reserve(&b, 100, 16), "all that may be promised is") ;
  tap_ok(!budget_reserve(&b, 100, 1), "and no more") ;
  tap_ok(!budget_isexceeded(&b, 100), "what was asked for is there") ;
  tap_ok(budget_isexceeded(&b, 101), "and what is promised is not there for others") ;
  budget_release(&b, 16) ;
  tap_ok(!budget_reserve(&b, 100, 17), "given back, no more than before can be promised") ;
  tap_ok(budget_reserve(&b, 100, 16), "and no less") ;
  tap_ok(budget_hasroom(&b, 100 + 32, 253), "beside what may be held and in flight there is room for a whole message") ;
  tap_ok(!budget_hasroom(&b, 100 + 33, 253), "which one more would touch") ;
  tap_ok(budget_hasroom(&b, 100 + 33, 252), "but not where the message is smaller") ;
  return tap_done() ;
}
