/* ISC license. */

#ifndef S6ACTIVATION_CLOSER_H
#define S6ACTIVATION_CLOSER_H

 /*
    Closes descriptors that others have sent, in helper processes, because
    close(2) may wait for whoever made them: a FUSE file system is asked, a
    socket lingers, a lock of the object is held by its owner.

    A helper shares the descriptor table with us, and a page to report in. It
    reads numbers from a pipe, closes them, and counts them. A number that has not been
    reported is pending, and counted: it is open, or in the middle of its
    close(2). In that middle the kernel may give it out again, and that is
    safe: a helper touches a number once, between our request and its report.
    So whoever gives a number to closer_close has forgotten it before.

    One helper does no such work, and so is never stuck. When we die, by
    whatever signal, the kernel tells it, and it closes what is in the table:
    else a stuck helper would keep all of it open. The same signal from us
    makes helpers do that while we live (closer_end; or after exec, when they
    alone are left in the old table).
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/types.h>

#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

enum closer_numbers
{
  CLOSER_HELPERS = 5,  /* the first does no work but at the end */
  CLOSER_BATCH = 32,  /* so many are given to the helpers at once, */
  CLOSER_BATCH_MS = 2,  /* or what has come in so long: to wake one costs more than a close */
  CLOSER_LATE_MS = 10,  /* so long something may be pending, before another helper is made for what is behind it */
  CLOSER_SETTLE_MS = 40,  /* in each second, spent waiting in closer_settle */
  CLOSER_END_MS = 500,
  CLOSER_OWN_MAX = 1 << 20
} ;

 /* What helpers and we write. */
struct closer_shared
{
  uint32_t closed[CLOSER_HELPERS] ;  /* by each of them, ever */
  uint32_t isawaited ;  /* we sleep: a byte in the pipe of reports is to wake us */
  char own[] ;  /* by number: is it a connection of ours? */
} ;

struct closer
{
  struct closer_shared *shared ;
  size_t ownsize ;
  size_t ownmax ;  /* above the highest that ever was */
  int request[2] ;
  int report[2] ;
  pid_t helpers[CLOSER_HELPERS] ;  /* 0: there is none */
  unsigned int n ;  /* helpers that are wanted */
  genalloc queue ;  /* int: not yet in the pipe */
  uint32_t asked ;  /* how many were given to closer_close, ever */
  uint32_t heard ;  /* and how many of them are known to be closed */
  uint32_t unasked ;  /* of these, by ourselves, for want of memory */
  uint32_t mark ;  /* so many reports were due at the time of late */
  tain due ;  /* when the queue is given; tain_infinite where it is empty */
  tain late ;  /* when they are, or a helper that could not be made is tried again */
  time_t second ;  /* the last one that closer_settle has waited in */
  uint32_t waited ;  /* microseconds of it */
  uint32_t invain ;  /* what heard was when it gave up */
  uint8_t hashelpers ;  /* else close(2) is called here */
} ;
#define CLOSER_ZERO { .shared = 0, .ownsize = 0, .ownmax = 0, .request = { -1, -1 }, .report = { -1, -1 }, .n = 0, .queue = GENALLOC_ZERO, .asked = 0, .heard = 0, .unasked = 0, .mark = 0, .due = TAIN_INFINITE, .late = TAIN_INFINITE, .second = 0, .waited = 0, .invain = UINT32_MAX, .hashelpers = 0 }

 /* How many are not known to be closed. */
#define closer_pending(c) ((c)->asked - (c)->heard)
#define closer_hashelpers(c) ((c)->hashelpers)

 /* Makes two helpers. SIGCHLD must lead to closer_reap. 0 and errno: there
    are none, and closer_close calls close(2) itself. ENOSYS: nor can there be. */
extern int closer_begin (struct closer *) ;

 /* Consumes fd. Keeps errno. It is closed within a few milliseconds. */
extern void closer_close (struct closer *, int fd) ;

 /* Closes it here. */
extern void closer_close_here (int fd) ;

 /* Waits a little until no more than so many are pending. Bounded, for each
    call and in each second, and not tried while all seem stuck. Keeps errno. */
extern void closer_settle (struct closer *, uint32_t pending) ;

 /* fd is the connection of a client, or is no longer. When we die, the
    helper that finds it hangs up before it closes anything. */
extern void closer_own (struct closer *, int fd, int isours) ;

extern int closer_fd (struct closer const *) ;  /* poll it for reading; -1: not now */
extern void closer_next (struct closer const *, tain *) ;  /* when the next turn is due */
extern void closer_turn (struct closer *, tain const *now) ;  /* every turn */
extern void closer_reap (struct closer *) ;  /* after SIGCHLD: replaces who has died */

 /* Last of all, before exit: hangs up on clients, has everything in the
    table closed, and waits CLOSER_END_MS for that at most. Afterwards no
    descriptor is of use, and exit(2) does not wait for any. */
extern void closer_end (struct closer *) ;

 /* For a program that gets descriptors and ends: a helper that closes what is
    in the table when we are dead, so that nothing waits for our end. 0: there
    is none. exec(2) closes too: nothing that is closed by it may be another's,
    and the helper must be sent away before. */
extern pid_t closer_guard (void) ;
extern void closer_unguard (pid_t) ;

#endif
