/* ISC license. */

 /* budget.h: how -c and -n are cut down to a hard limit. */

#include "libfdholderd/budget.h"
#include "support/tap.h"

enum { BASE = BUDGET_BASE + BUDGET_TRANSIENT + BUDGET_CLOSING + BUDGET_UNREAD } ;

static void fits (char const *what, uint32_t maxconn, uint32_t maxfds, uint64_t hard, uint32_t conn, uint32_t fds)
{
  struct budget b ;
  budget_fit(&b, maxconn, maxfds, hard) ;
  if (!tap_ok(b.maxconn == conn && b.maxfds == fds && (b.need <= hard || !fds), "%s", what))
    tap_diag("got -c %u -n %u, need %u", b.maxconn, b.maxfds, (unsigned int)b.need) ;
}

int main (void)
{
  struct budget b ;
  fits("defaults under a large limit", 0, 0, 1000000, 64, 65536) ;
  fits("defaults under 1024: -n is what is left", 0, 0, 1024, 64, 1024 - BASE - 256) ;
  fits("-n 256 under 1024, as scripts have it", 0, 256, 1024, 64, 256) ;
  fits("the exact need", 64, 1000, BASE + 1000 + 256, 64, 1000) ;
  fits("one less than the need cuts -c", 64, 1000, BASE + 1000 + 256 - 1, 63, 1000) ;
  fits("one more than the need cuts nothing", 64, 1000, BASE + 1000 + 256 + 1, 64, 1000) ;
  fits("-c goes down to 16 first, then -n", 64, 1000, BASE + 900 + 64, 16, 900) ;
  fits("-c below 16 stays as it was asked for", 4, 1000, BASE + 900 + 16, 4, 900) ;
  fits("no room for any", 64, 1000, BASE + 26, 16, 0) ;
  budget_fit(&b, 64, 1000, 100) ;
  tap_ok(b.wanted == BASE + 1000 + 256, "the need is told") ;
  budget_fit(&b, 16, 100, 1000) ;
  tap_ok(b.need == BASE + 100 + 64 && b.limit == 100 + 16, "the need is what was asked and no more; an answer may keep one for each connection") ;
  tap_ok(budget_reserve(&b, 100, 16) && !budget_reserve(&b, 100, 1), "reservations count") ;
  tap_ok(!budget_isexceeded(&b, 100) && budget_isexceeded(&b, 101), "and what is promised is not there for others") ;
  budget_release(&b, 16) ;
  tap_ok(!budget_reserve(&b, 100, 17) && budget_reserve(&b, 100, 16), "and are given back") ;
  tap_ok(budget_hasroom(&b, 100 + 32, 253) && !budget_hasroom(&b, 100 + 33, 253) && budget_hasroom(&b, 100 + 33, 252), "beyond what may be held and in flight, the room of a whole message is not touched") ;
  return tap_done() ;
}
