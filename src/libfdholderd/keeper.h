/* ISC license. */

#ifndef S6ACTIVATION_KEEPER_H
#define S6ACTIVATION_KEEPER_H

 /*
    The keeper: a process that has copies of all that another one, the worker,
    holds, and does nothing else. The worker is the holder (serve.h), and talks to
    clients. So either may be killed, and nothing is lost: a worker is started
    anew with all that the keeper has, a keeper adopts the worker that lives.

    Changes come by a channel, whose queue survives its sender, in batches that
    are applied whole. Whatever the worker has told before it died is read before
    there is another one.

    KEEPING -> DYING    the channel has ended, or the process: whichever is
                        first, for others may hold the channel open              keeper_lose()
    DYING -> WITHOUT    the process has ended, by SIGKILL after a second, and
                        all is read; what was no whole batch is dropped          keeper_bury()
    WITHOUT -> KEEPING  another one is started with all that is held; after a
                        pause, if the one before was never ready                 keeper_start()
    -> over             it ends, and so do we: when it was told to, when the first
                        one could not begin, when it was adopted and we do not
                        have all yet; or a message cannot be taken               keeper_end()

    There are no connections, and no rules are read.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/holder.h"
#include "libfdholderd/upgrade.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire-keep.h"

enum keeper_numbers
{
  KEEPER_DYING_MS = 1000,  /* from the end of the channel to SIGKILL */
  KEEPER_PAUSE_MS = 1000,  /* before what was never ready is started again */
  KEEPER_SHORTAGE_MS = 10,
  KEEPER_PATIENCE_MS = 300,  /* less than the worker has: what is not closed in it is stuck */
  KEEPER_AT_ONCE = 256  /* messages in one turn */
} ;

enum keeper_phase
{
  KEEPER_WITHOUT,
  KEEPER_KEEPING,
  KEEPER_DYING
} ;

typedef void keeper_ready_func (void) ;
typedef keeper_ready_func *keeper_ready_func_ref ;

struct keeper_options
{
  char const *const *argv ;  /* what a worker is, too */
  keeper_ready_func_ref ready ;  /* called once, when all that is held is here, and served */
} ;

struct keeper
{
  struct holder *holder ;
  struct keeper_options options ;
  struct loop loop ;
  struct upgrade upgrade ;
  struct loop_watch channel ;
  struct loop_watch process ;
  struct loop_watch signals ;
  struct loop_watch reports ;  /* of the closer */
  struct loop_timer due ;  /* of the phase: a worker is started, or killed */
  struct loop_timer again ;  /* there was no memory */
  struct loop_timer wake ;  /* for all who have something to do without being called */
  struct frame_in in ;
  char buffer[FRAME_IN_BUFFER] ;
  uint32_t heard ;  /* of what helpers have closed, while that is waited for */
  tain patience ;  /* until then; infinite: it is not */
  struct list staged ;  /* store entries: of a batch that is not whole. Without a descriptor: that id goes */
  int channelfd ;  /* -1: there is none */
  int processfd ;
  pid_t child ;  /* 0: the worker is none of ours, or was reaped */
  int status ;  /* of the child that was */
  int code ;  /* what to exit with; -1: it is not over */
  uint8_t phase ;
  uint8_t isfull ;  /* all that is held is here */
  uint8_t isserving ;  /* the worker has said something */
  uint8_t isready ;  /* it has been told */
  uint8_t isending ;
  uint8_t aresignals ;
  uint8_t hasended ;  /* the process */
} ;

 /* The holder has its store, its helpers and its log. STAMP must be set. 0 and errno. */
extern int keeper_init (struct keeper *, struct holder *, struct keeper_options const *) ;

 /* One of: a worker with what is in the store is started; one that lives is kept,
    by its channel and a descriptor of the process, which are consumed, if it
    succeeds. isfull: what
    it holds is in the store. 0 and errno. */
extern void keeper_start (struct keeper *, tain const *now) ;
extern int keeper_adopt (struct keeper *, int channel, int process, int isfull) ;

 /* Returns what to exit with. */
extern int keeper_run (struct keeper *) ;

#endif
