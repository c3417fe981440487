/* ISC license. */

#ifndef S6ACTIVATION_INSPECT_H
#define S6ACTIVATION_INSPECT_H

 /*
    What is held is looked at by a process of its own, for that may wait
    (describe.h). It shares our descriptors and has a copy of the store, as it
    was when the process was made; it writes what it finds into a file, and
    ends. All who had asked before it was made read there; and those who still
    read what an earlier one has found go on in it, so that it costs nothing
    not to read.

    Meanwhile descriptors go, and their numbers become others'. So what was
    written of an entry is of use only while that entry, by its serial, is
    still in the store: as long as it is there, its number is its own.

    Who keeps the process waiting is told by a page that is shared: the entry
    is marked as opaque, and looked into by nobody until that process has come
    out; another one goes on behind it. A few may be stuck; then sockets that
    are not Unix's are looked into no more, until one has come out; and who is
    late then is waited for.

    Those that wait are woken in inspect_turn, and nowhere else.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libfdholderd/store.h"
#include "libfdwire/wire.h"

enum inspect_numbers
{
  INSPECT_STUCK_MAX = 4,
  INSPECT_LATE_MS = 500  /* a process that is at one entry for so long is stuck */
} ;

struct inspect_result ;
struct inspect_page ;

 /* A process that was left where it is. */
struct inspect_stuck
{
  pid_t pid ;  /* 0: there is none */
  uint64_t serial ;  /* of the entry that it is at */
  char id[WIRE_ID_MAX + 1] ;
} ;

 /* Somebody who has asked. */
struct inspection
{
  struct list link ;
  struct inspect_result *result ;  /* 0: not yet */
  void *owner ;  /* whom to wake */
  size_t offset ;  /* in the result: what was not read */
  char from[WIRE_ID_MAX + 1] ;  /* if it is not empty, what was not read begins there, behind that */
  uint8_t isbegun ;  /* he has been told that it comes */
} ;

 /* One entry, as it was found: all strings, in order: kind, address, state,
    queue, backlog; each with its NUL, len bytes in all. */
struct inspected
{
  struct store_entry const *entry ;
  char const *s ;
  size_t len ;
} ;

typedef void inspect_wake_func (void *owner, tain const *now) ;
typedef inspect_wake_func *inspect_wake_func_ref ;

struct inspect
{
  struct store *store ;
  inspect_wake_func_ref wake ;
  struct list asked ;  /* since the process was made */
  struct list current ;  /* before that */
  struct list due ;  /* their result is there */
  struct list reading ;  /* and they know */
  struct inspect_page *page ;
  uint64_t seen ;  /* the serial that was in it when late was set */
  tain late ;
  int file ;  /* -1: nothing is under way */
  pid_t pid ;  /* 0: there is none */
  struct inspect_stuck stuck[INSPECT_STUCK_MAX] ;
  uint8_t ishere ;  /* no process is made: for who knows that nothing waits */
} ;

extern void inspect_init (struct inspect *, struct store *, inspect_wake_func *) ;

 /* 0 and errno ENOMEM. */
extern struct inspection *inspect_ask (struct inspect *, void *owner) ;
extern void inspect_forget (struct inspection *) ;  /* frees it */
#define inspection_isready(one) (!!(one)->result)
#define inspection_isbegun(one) ((one)->isbegun)
#define inspection_begin(one) ((one)->isbegun = 1)
extern int inspection_error (struct inspection const *) ;  /* of a ready one: an errno, and there is no entry; or 0 */

 /* The next entry of those that are there still, in the order of their ids. 0: that was all. */
extern int inspection_next (struct inspect const *, struct inspection *, struct inspected *) ;

extern void inspect_reap (struct inspect *) ;  /* after SIGCHLD */

 /* Each process that looks, or is stuck, until the function returns 0, which is returned. */
typedef int inspect_process_func (void *, pid_t) ;
extern int inspect_each_process (struct inspect const *, inspect_process_func *, void *) ;

extern void inspect_turn (struct inspect *, tain const *now) ;
extern void inspect_next (struct inspect const *, tain const *now, tain *when) ;  /* when the next turn is due; lowers it */

#endif
