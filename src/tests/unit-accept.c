/* ISC license. */

 /* accept.h: pauses after failures. A pause that is over is no reason to wake
    up again before somebody comes. And who sets an option on the socket of a holder
    that runs is found out. */

#include <skalibs/nonposix.h>

#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libfdholderd/accept.h"
#include "libfdholderd/slots.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct holder holder = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;

 /* Ready, or a pause whose end is something to wake up for. */

static void check (struct acceptor *a, struct slots *slots, tain const *now, tain *when, int isready, char const *name)
{
  *when = tain_infinite ;
  accept_next(a, slots, now, when) ;
  tap_int(!!accept_isready(a, slots, now), isready, "%s: %s", name, isready ? "ready" : "not ready") ;
  tap_int(!!tain_less(when, &tain_infinite), !isready, "%s: %s to wake up for", name, isready ? "nothing" : "its end is something") ;
}

static void set_later (struct slots *slots, int fd)
{
  struct acceptor a ;
  tain now = STAMP ;
  int on = 1 ;
  accept_init(&a, fd) ;
  accept_some(&a, slots, &now) ;
  tap_int(a.arepassed, 0, "no option is set") ;
  if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == -1) tap_bail("setsockopt") ;
  accept_some(&a, slots, &now) ;
  tap_int(a.arepassed, 0, "it was looked at just now") ;
  tain_addsec(&now, &now, 1) ;
  accept_some(&a, slots, &now) ;
  tap_int(a.arepassed, 1, "one that is set later is seen within a second") ;
}

int main (void)
{
  struct acceptor a ;
  struct slots slots ;
  static struct loop loop ;
  tain now, when ;
  int fd ;
  PROG = "unit-accept" ;
  testdaemon_workdir() ;
  fd = testdaemon_listen("s") ;
  if (!tain_now_set_stopwatch_g() || ndelay_on(fd) == -1) tap_bail("begin") ;
  if (!loop_init(&loop)) tap_bail("loop_init") ;
  if (!slots_init(&slots, &holder, &loop, 1, &tain_infinite_relative)) tap_bail("slots_init") ;
  now = STAMP ;
  holder.log.verbosity = 0 ;
  complaint_init(&holder.complaints, &holder.log) ;
  accept_init(&a, fd) ;
  check(&a, &slots, &now, &when, 1, "no pause") ;
  accept_some(&a, &slots, &now) ;
  tap_ok(accept_isready(&a, &slots, &now), "one failure that may pass begins no pause") ;
  accept_some(&a, &slots, &now) ;
  check(&a, &slots, &now, &when, 0, "two do") ;
  now = when ;
  check(&a, &slots, &now, &when, 1, "once it is over") ;
  set_later(&slots, fd) ;
  slots_free(&slots) ;
  fd_close(fd) ;
  return tap_done() ;
}
