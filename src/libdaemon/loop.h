/* ISC license. */

#ifndef S6ACTIVATION_LOOP_H
#define S6ACTIVATION_LOOP_H

 /*
    What a daemon waits for: descriptors that become ready, and times that
    come. A turn costs what is ready and due, not what is watched: epoll(7)
    on Linux. Elsewhere, and with --disable-epoll, poll(2), which is given
    all that is watched.

    The nodes are the caller's, within what they stand for. A callback may
    stop any watch and clear any timer, its own too, and free what holds
    it: nothing that was found ready earlier in the same turn reaches a
    watch that has been stopped since.
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/tree.h"

enum loop_event
{
  LOOP_READ = 0x01,
  LOOP_WRITE = 0x02,
  LOOP_HANGUP = 0x04,  /* told, never asked for: hang-up or error */
  LOOP_EDGE = 0x08  /* asked for, beside the others: told when it becomes ready, and not again while it is */
} ;

enum loop_numbers
{
  LOOP_BATCH = 64,  /* ready descriptors that one wait brings at most */
  LOOP_FEW = 8  /* as many are asked of poll, where they are all */
} ;

typedef void loop_ready_func (void *, unsigned int, tain const *) ;
typedef void loop_due_func (void *, tain const *) ;

struct loop_watch
{
  loop_ready_func *f ;
  void *data ;
  int fd ;  /* -1: it watches nothing */
  uint32_t place ;  /* in the engine's books */
  uint8_t wanted ;  /* LOOP_READ, LOOP_WRITE, LOOP_EDGE; a change leaves the last as it was */
  uint8_t isalways ;  /* a file, /dev/null: what cannot be waited for is always ready */
} ;

struct loop_timer
{
  struct tree_node node ;
  tain when ;  /* tain_infinite: it is not set */
  loop_due_func *f ;
  void *data ;
} ;

struct loop_found
{
  struct loop_watch *watch ;  /* 0: stopped since */
  unsigned int events ;
} ;

struct loop
{
  struct tree timers ;
  struct loop_watch **always ;
  uint32_t alwayslen ;
  uint32_t alwaysmax ;
  struct loop_found found[LOOP_BATCH] ;  /* of the turn under way */
  unsigned int foundlen ;
  int fd ;  /* epoll's own; -1: for few there is none */
  struct loop_watch *brief ;  /* epoll: the one that it has not been told of; or 0 */
  uint8_t isbriefover ;  /* a wait has come since */
  struct loop_watch *few[LOOP_FEW] ;  /* epoll: of those that it has been told of, the first ones */
  uint32_t fewlen ;
  void *books ;  /* poll: the array, and whose its cells are */
  uint32_t len ;  /* how many the engine watches; brief is not among them */
  uint32_t max ;
  uint32_t next ;  /* poll: where the next turn begins to look */
} ;

 /* 0 and errno. The descriptor that it opens is close-on-exec. */
extern int loop_init (struct loop *) ;

 /* For who watches LOOP_FEW at most, more being refused with ENOSPC, and no edges: poll(2)
    serves him as well, and there is nothing to open and to tell first. */
extern int loop_init_few (struct loop *) ;
extern void loop_end (struct loop *) ;  /* touches no watch; a daemon that ends need not */

 /* Does LOOP_EDGE mean anything here? */
extern int loop_hasedges (void) ;

extern void loop_watch_init (struct loop_watch *, loop_ready_func *, void *) ;
#define loop_watch_isstarted(w) ((w)->fd >= 0)

 /* Watches fd, which stays the caller's. 0 and errno (ENOMEM, ENOSPC): it
    does not. Started: stop it before fd is closed, else a copy of fd in
    another process could bring its events to who has the number next. */
extern int loop_watch_start (struct loop *, struct loop_watch *, int fd, unsigned int wanted) ;

 /* The same, for what is likely to end with the next turn: where that can be, it
    costs the less. */
extern int loop_watch_start_briefly (struct loop *, struct loop_watch *, int fd, unsigned int wanted) ;

 /* Wants other events from now on; costs nothing where they are the same.
    0 and errno: the old ones stay. */
extern int loop_watch_change (struct loop *, struct loop_watch *, unsigned int wanted) ;
extern void loop_watch_stop (struct loop *, struct loop_watch *) ;  /* nothing if it is not started */

 /* The same for an fd that is closed before the next turn and that nobody has
    a copy of: with the last one the kernel forgets it by itself. */
extern void loop_watch_forget (struct loop *, struct loop_watch *) ;

extern void loop_timer_init (struct loop_timer *, loop_due_func *, void *) ;

 /* Once, when that time has come; again only when it is set again.
    tain_infinite clears it. */
extern void loop_timer_set (struct loop *, struct loop_timer *, tain const *when) ;
extern void loop_timer_clear (struct loop *, struct loop_timer *) ;

 /* Waits for what comes first, brings STAMP up to date, calls whose time
    has come and what is ready. 0 and errno: the wait failed (EINTR too),
    and only timers were looked at. */
extern int loop_turn (struct loop *) ;


 /* The engines: loop-epoll.c, loop-poll.c. One of them is compiled. */

extern int loop_engine_init (struct loop *) ;
extern int loop_engine_init_few (struct loop *) ;
extern void loop_engine_end (struct loop *) ;
 /* EPERM: fd cannot be waited for. */
extern int loop_engine_add (struct loop *, struct loop_watch *) ;
extern int loop_engine_add_briefly (struct loop *, struct loop_watch *) ;
extern int loop_engine_change (struct loop *, struct loop_watch *, unsigned int wanted) ;
extern void loop_engine_remove (struct loop *, struct loop_watch *) ;
extern void loop_engine_forget (struct loop *, struct loop_watch *) ;
 /* Fills found. ms -1: no limit. -1 and errno, else how many. */
extern int loop_engine_wait (struct loop *, int ms) ;

#endif
