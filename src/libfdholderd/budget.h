/* ISC license. */

#ifndef S6ACTIVATION_BUDGET_H
#define S6ACTIVATION_BUDGET_H

 /*
    Descriptors that the daemon may have open: a base for its own, one for
    each held descriptor, four for each connection (its socket, its event
    pipe, two in flight), what the helpers that close need and may be stuck
    with, and what one message may bring that it may not have.

    What finds no number when it arrives is closed by the kernel on our time,
    so there is always room for a whole message: those that clients have sent
    are bounded when they are stored, and nothing is read while too many wait
    to be closed. Both count them with those that are being closed.
 */

#include <stdint.h>

#include "libdaemon/log.h"

enum budget_numbers
{
  BUDGET_BASE = 24,
  BUDGET_PER_CONNECTION = 4,
  BUDGET_TRANSIENT = 252,  /* what a message may bring beyond what it may have, until that is closed */
  BUDGET_CLOSING = 12,  /* two channels to helpers, and what eight of them may be stuck with */
  BUDGET_STUCK = 3072,  /* beyond the need, where the hard limit has it: what clients of eight rules can have stuck (closing.h) */
  BUDGET_SPARE = 64,  /* beyond the need, where -n does not ask for all: budget_spare */
  BUDGET_UNREAD = 64,  /* closed connections whose last answers nobody has read (flight.h) */
  BUDGET_MAXCONN_DEFAULT = 64,
  BUDGET_MAXCONN_FLOOR = 16,
  BUDGET_MAXFDS_DEFAULT_MAX = 65536
} ;

struct budget
{
  uint32_t maxconn ;
  uint32_t maxfds ;
  uint64_t wanted ;  /* what the limit would have to be for all that was asked */
  uint64_t need ;  /* what it has to be for what was left of that */
  uint64_t limit ;  /* how many that clients have sent may be open, and promised: more than is held, while answers with them wait */
  uint64_t reserved ;  /* for dumps that were admitted and have not arrived */
} ;

 /* Cuts maxconn (never below the floor, unless less was asked for) and then
    maxfds down to what the hard limit allows. 0 stands for "not given".
    b->wanted is more than b->need only where something was cut. */
extern void budget_fit (struct budget *, uint32_t maxconn, uint32_t maxfds, uint64_t hardlimit) ;

 /* budget_fit on RLIMIT_NOFILE, then raises the soft limit to the need. Warns
    about each number that was cut. 0 and errno: setrlimit failed. */
extern int budget_init (struct budget *, uint32_t maxconn, uint32_t maxfds, struct log *) ;

 /* Are more descriptors open, or promised to dumps, than there may be? Answers
    that nobody reads keep some open that are no longer held. */
extern int budget_isexceeded (struct budget const *, uint64_t open) ;

 /* Are so many more descriptors available, with "open" of them in use? */
extern int budget_reserve (struct budget *, uint64_t open, uint64_t wanted) ;
 /* Numbers for something that needs them less: so many, or what is left when
    all that was asked for has its own. Returns how many. */
extern uint32_t budget_spare (struct budget *, uint32_t) ;

extern void budget_release (struct budget *, uint64_t) ;

 /* Is there a number for each of so many that come? */
extern int budget_hasroom (struct budget const *, uint64_t open, uint64_t coming) ;

#endif
