/* ISC license. */

#ifndef S6ACTIVATION_CLOSER_H
#define S6ACTIVATION_CLOSER_H

 /*
    Closes descriptors that others have sent, in helper processes, because
    close(2) may wait for whoever made them: a FUSE file system is asked, a
    socket lingers, a lock of the object is held by its owner.

    A helper shares the descriptor table with us, and a page to report in. It
    takes requests from a ring there, closes what they name, and says so. What it
    has not said is pending, and counted: it is open, or in the middle of its
    close(2). In that middle the kernel may give its number out again, and that
    is safe: a helper touches a number once, between our request and its
    report, and who gives one to closer_close has forgotten it before.

    One helper is at work. When it is stuck, what waits behind it is taken
    back, another one is made, and the lane of what it is stuck with gets
    nothing more to the helpers until it has come out: so a lane, which is for
    example all that clients of one rule have brought, keeps one helper at
    most, and no other lane waits for it.

    Number 0 does no such work, and so is never stuck. When we die, by
    whatever signal, the kernel tells it, and it closes what is in the table:
    else a stuck helper would keep all of it open. The same signal from us
    makes helpers do that while we live (closer_end; or after exec, when they
    alone are left in the old table).

    A connection on which descriptors wait unread, whoever has sent them, even
    somebody who may not connect, is closed elsewhere. One more process has a
    table of its own: connections are sent to it, so what is stuck, or behind
    that, keeps none of our numbers. It has helpers like ours, and is followed
    by another one when its table is full of what does not close.
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/types.h>

#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

enum closer_numbers
{
  CLOSER_HELPERS = 9,
  CLOSER_RING = 256,  /* requests at most; a power of 2 */
  CLOSER_BATCH = 64,  /* so many of a lane are given to the helper at once */
  CLOSER_MANY = 48,  /* so many are not left to a helper that naps */
  CLOSER_LATE_MS = 10,  /* a helper that has closed nothing in so long is stuck */
  CLOSER_SETTLE_MS = 40,  /* in each second, spent waiting in closer_settle */
  CLOSER_END_MS = 500,
  CLOSER_OWN_MAX = 1 << 20,
  CLOSER_UNREAD_MAX = 253  /* descriptors that a message has at most: SCM_MAX_FD of Linux */
} ;

enum closer_mark
{
  CLOSER_OTHER,
  CLOSER_OWN,  /* it is a connection of ours */
  CLOSER_LAST  /* handed over: nobody needs it, to close it may be the last time */
} ;

struct closer_request
{
  int fd ;
  uint32_t ticket ;  /* counted from 1 */
} ;

 /* What helpers and we write. */
struct closer_shared
{
  uint32_t head ;  /* how many requests were put into the ring, */
  uint32_t tail ;  /* and taken out of it, ever */
  uint32_t asleep ;  /* so many helpers wait for the head to move */
  uint32_t naps ;  /* a helper does nothing, for a moment */
  uint32_t active ;  /* the helper that reads requests; another one ends when it is free */
  uint32_t closed[CLOSER_HELPERS] ;  /* by each of them, ever */
  uint32_t taken[CLOSER_HELPERS] ;  /* the ticket that it is at, counted from 1; 0: none */
  uint32_t buried ;  /* connections that were sent away, and that we have closed */
  uint32_t received ;  /* of those, where they were sent to */
  uint32_t isapart ;  /* the process for them has a table of its own */
  uint32_t ishandedover ;  /* another image has all that is in the table, in a table of its own */
  uint32_t isawaited ;  /* we sleep: a byte in the pipe of reports is to wake us */
  struct closer_request ring[CLOSER_RING] ;
  char own[] ;  /* by number: enum closer_mark. Then, by ticket: is it done? */
} ;

 /* All zero is an empty one. It must stay while anything of it is pending. */
struct closer_lane
{
  struct closer_lane *next ;  /* among those that have a queue */
  uint32_t first, last ;  /* tickets of its queue, counted from 1 */
  uint32_t n ;  /* of them */
  uint32_t given ;
  uint32_t stuck ;  /* helpers that are stuck with one of it */
  uint8_t islisted ;
} ;

 /* What a close is known by until it is done: its number may be another's before. */
struct closer_ticket
{
  void *owner ;  /* who is told; or 0 */
  struct closer_lane *lane ;  /* 0: the ticket is free */
  uint32_t next ;  /* in the queue of the lane, or in the list of free ones; counted from 1 */
  int fd ;
  uint8_t isstuck ;
} ;

 /* What has an owner is closed: with the data and the owner. */
typedef void closer_done_func (void *, void *) ;
typedef closer_done_func *closer_done_func_ref ;

struct closer
{
  struct closer_shared *shared ;
  size_t ownsize ;  /* tickets, too, are less */
  size_t ownmax ;  /* above the highest that ever was */
  int report[2] ;
  int burial[2] ;
  pid_t helpers[CLOSER_HELPERS] ;  /* 0: there is none */
  pid_t burier ;  /* 0: there is none */
  genalloc tickets ;  /* struct closer_ticket */
  uint32_t free ;  /* ticket; counted from 1 */
  struct closer_lane *lanes ;  /* that have a queue */
  struct closer_lane lane ;  /* of what is in no other */
  closer_done_func_ref done ;
  void *data ;
  uint32_t asked ;  /* how many were given to closer_close, ever */
  uint32_t heard ;  /* how many of them are known to be closed */
  uint32_t queued ;
  uint32_t given ;
  uint32_t stuck ;  /* of those that are given */
  uint32_t counted ;  /* the sum of closed when it was last looked at */
  uint32_t mark ;  /* what the active one had closed when late was set */
  uint32_t tried ;  /* what asked + heard was when the queues were given last: until it moves, nothing more can be */
  tain late ;  /* when the active helper is looked at; tain_infinite where it has nothing to do */
  time_t second ;  /* the last one that closer_settle has waited in */
  uint32_t waited ;  /* microseconds of it */
  uint32_t invain ;  /* what heard was when it gave up */
  uint8_t hashelpers ;  /* else close(2) is called here */
} ;
#define CLOSER_ZERO { .report = { -1, -1 }, .burial = { -1, -1 }, .tickets = GENALLOC_ZERO, .late = TAIN_INFINITE, .invain = UINT32_MAX }

 /* How many are not known to be closed. */
#define closer_pending(c) ((c)->asked - (c)->heard)
#define closer_hashelpers(c) ((c)->hashelpers)

 /* Makes two helpers. SIGCHLD must lead to closer_reap. 0 and errno: there
    are none, and closer_close calls close(2) itself. ENOSYS: nor can there be. */
extern int closer_begin (struct closer *, closer_done_func_ref, void *data) ;

 /* Consumes fd. Keeps errno. It is closed within a few milliseconds, and then
    the owner is told, if it has one: in closer_turn or closer_settle, or here.
    lane: 0 for what is in no other. */
extern void closer_close (struct closer *, int fd, struct closer_lane *, void *owner) ;

 /* The process for connections. To be made before there is a descriptor that
    is not ours. Who has none ever, and no helpers, may make it when it is
    needed, and as often: one that has died is replaced then. 0 and errno:
    there is none, and closer_bury is closer_close. ENOSYS: nor can there be. */
extern int closer_begin_burial (struct closer *) ;

 /* The same in two steps, for who has something else to do meanwhile: before the second
    one no descriptor that is not ours may come. 0 and errno: likewise. */
extern int closer_start_burial (struct closer *) ;
extern int closer_await_burial (struct closer *) ;

 /* Consumes fd, a Unix socket that was shut down. Keeps errno. */
extern void closer_bury (struct closer *, int fd) ;
extern int closer_trybury (struct closer *, int fd) ;  /* 0 and errno: fd is the caller's still */

 /* Does anything wait unread on that connection? */
extern int closer_isunread (int fd) ;

 /* How many descriptors do, on that Unix socket, as Linux tells; CLOSER_UNREAD_MAX
    where it does not. */
extern unsigned int closer_count_unread (int fd) ;

 /* Closes it here. */
extern void closer_close_here (int fd) ;

 /* Waits a little until no more than so many are pending. Bounded, for each
    call and in each second, and not tried while all seem stuck. Keeps errno. */
extern void closer_settle (struct closer *, uint32_t pending) ;

 /* fd is the connection of a client, or is no longer. When we die, the
    helper that finds it hangs up before it closes anything. */
extern void closer_own (struct closer *, int fd, int isours) ;

extern int closer_reports (struct closer const *) ;  /* what helpers report in; -1: there are none */
extern int closer_isawaited (struct closer const *) ;  /* is it to be waited for, now? */
extern void closer_wake (struct closer const *) ;  /* it can be read */
extern void closer_next (struct closer const *, tain *) ;  /* when the next turn is due */

 /* Every turn. iswanted: somebody waits for something to be closed, so each
    close ends the wait of the loop (closer_reports). */
extern void closer_turn (struct closer *, tain const *now, int iswanted) ;

extern void closer_reap (struct closer *) ;  /* after SIGCHLD: replaces who has died */

 /* Last of all, before exit: hangs up on clients, has everything in the
    table closed, and waits CLOSER_END_MS for that at most. Afterwards no
    descriptor is of use, and exit(2) does not wait for any. */
extern void closer_end (struct closer *) ;

 /*
    When another image takes over, by exec(2): it has a table of its own, and
    the helpers stay in the old one, where they keep open what it closes. So it
    is told of them, and of what they have not closed yet, and sends them away.
 */

 /* Each process that shares the table, and the one for connections, until a function returns 0, which is returned. */
typedef int closer_process_func (void *, pid_t, int isburier) ;
extern int closer_each_process (struct closer const *, closer_process_func *, void *) ;

 /* Likewise each descriptor that is still to be closed, with its owner. One that
    a helper has begun with may be closed by now. */
typedef int closer_pending_func (void *, int fd, void *owner) ;
extern int closer_each_pending (struct closer *, closer_pending_func *, void *) ;

extern void closer_hand_over (struct closer *, int isso) ;  /* before exec; and, if that has failed, not so */
extern void closer_hand_over_last (struct closer *, int fd) ;  /* the other image has it only to close it, too */

 /* In the other image: one of those processes is to close what it has, and to
    end; what cannot block it closes first. Or it has nothing that others would not
    close. Nothing if it is no child of ours. */
extern void closer_dismiss (pid_t, int isneedless) ;

 /* Ends the helpers, which have nothing to do, and closes nothing. */
extern void closer_abandon (struct closer *) ;

 /* Another process does that function, which does not return, with all signals
    blocked, and with what is below that number of our descriptors: for who must
    not have what others have sent, be it to close it when it executes. Where
    that cannot be, it has all of them. Returns its pid; 0 and errno. */
extern pid_t closer_apart (unsigned int, int (*) (void *), void *data) ;

 /* For a program that gets descriptors and ends: a helper that closes what is
    in the table when we are dead, so that nothing waits for our end. 0: there
    is none. exec(2) closes too: nothing that is closed by it may be another's,
    and the helper must be sent away before. */
extern pid_t closer_guard (void) ;
extern void closer_unguard (pid_t) ;

#endif
