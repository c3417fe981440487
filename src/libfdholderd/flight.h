/* ISC license. */

#ifndef S6ACTIVATION_FLIGHT_H
#define S6ACTIVATION_FLIGHT_H

 /*
    Descriptors that were sent, and may not have been received yet (H29).
    Linux charges them to the user who sent them, and lets one who is not
    root have as many as files may be open: unix(7), ETOOMANYREFS. That
    place is shared by account, too, or who never reads would take it from
    all others. What a connection may not have read is counted when it is
    sent, and asked for only when the count comes to a limit: SIOCOUTQ tells
    whether the other end has read everything, or is gone.

    A connection that ends before that is kept, shut down, in a grave, and
    goes on counting: to close it would only end what we know of it.
 */

#include <stdint.h>

#include <skalibs/tai.h>

#include "libfdholderd/account.h"
#include "libfdholderd/fdtable.h"

enum flight_numbers
{
  FLIGHT_USER_CONNECTIONS = 8,  /* that may be unread */
  FLIGHT_RULE_CONNECTIONS = 16,
  FLIGHT_GRAVES = 64,
  FLIGHT_MESSAGE = 253,  /* descriptors that one message carries at most */
  FLIGHT_SWEEP_MS = 1000
} ;

 /* Of one connection. All zero: nothing was sent. */
struct flight_one
{
  struct flight_one *next ;
  struct flight_one **link ;  /* what points to it */
  struct account *account ;
  int fd ;
  unsigned int unread : 31 ;  /* descriptors, at most; a live connection is in the list while there are any */
  unsigned int isgrave : 1 ;
} ;

struct flight
{
  struct flight_one *exposed ;  /* connections with unread descriptors, graves too */
  uint64_t max ;  /* in all; 0: the kernel does not count ours */
  uint32_t graves ;
  tain sweep ;  /* when to look at them */
} ;

 /* How many the kernel lets this process have in flight: its limit on open
    files; 0: as many as it likes. */
extern uint64_t flight_bound (void) ;

extern void flight_init (struct flight *, uint64_t max) ;

 /* How many more descriptors it may be sent now, of so many that it is to be sent. */
extern uint32_t flight_allowance (struct flight *, struct flight_one const *, struct account const *, uint32_t wanted) ;

 /* n were sent, on fd. */
extern void flight_count (struct flight *, struct flight_one *, struct account *, int fd, uint32_t n) ;

 /* The connection ends. 1: its descriptor was taken, and is open for longer;
    0: it is the caller's to close. */
extern int flight_bury (struct flight *, struct flight_one *, tain const *now) ;

 /* Closes the graves of those who have read, or gone. */
extern void flight_sweep (struct flight *, struct accounts *, struct fdtable *, tain const *now) ;
extern void flight_next (struct flight const *, tain *when) ;  /* when there may be some; lowers it */

#endif
