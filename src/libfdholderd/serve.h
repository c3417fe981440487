/* ISC license. */

#ifndef S6ACTIVATION_SERVE_H
#define S6ACTIVATION_SERVE_H

 /* The turn of the holder: what the loop calls, and what each concern does
    before it waits and after. */

#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "libfdholderd/accept.h"
#include "libfdholderd/holder.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/upgrade.h"

struct serve_options
{
  tain timeout ;  /* for one exchange of a client; tain_infinite_relative for none */
  tain lameduck ;  /* from SIGTERM to the end, likewise */
  char const *const *argv ;  /* what SIGUSR1 executes again; 0: nothing */
} ;

struct serve
{
  struct holder *holder ;
  struct serve_options options ;
  struct loop loop ;
  struct acceptor acceptor ;
  struct slots slots ;
  struct upgrade upgrade ;
  struct loop_watch listening ;
  struct loop_watch signals ;
  struct loop_watch reports ;  /* of the closer */
  struct loop_timer expiry ;  /* of what is held */
  struct loop_timer wake ;  /* for all who have something to do without being called */
  tain end ;  /* of the lame duck */
  uint8_t areconnections ;  /* there are some: found in this turn */
  uint8_t aresignals ;  /* likewise */
  uint8_t islameduck ;
} ;

 /* listenfd must listen; it is set to O_NONBLOCK. Traps the signals. STAMP
    must be set. 0 and errno on failure. */
extern int serve_init (struct serve *, struct holder *, int listenfd, struct serve_options const *) ;

 /* Until SIGTERM and the end of what was under way. */
extern void serve_run (struct serve *) ;

#endif
