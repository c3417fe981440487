/* ISC license. */

#ifndef S6ACTIVATION_UPGRADE_H
#define S6ACTIVATION_UPGRADE_H

 /*
    The holder executes itself again, and nothing is lost.

    NONE -> TRIAL      asked for: another process executes what we would, and is to
                       say that it can take the state over                           start()
    TRIAL -> NONE      anything but one newline, within 5 s: nothing has changed     refuse()
    TRIAL -> QUIESCE   nothing is accepted or judged any longer; what is under way
                       ends, or is undone after a second                             quiesce()
    QUIESCE -> (exec)  nothing is under way: the state is written, and we are the
                       next image, with all descriptors under their numbers          execute()
    QUIESCE -> NONE    that has failed: this image goes on                           go_on()
    any -> NONE        the holder is to end                                          upgrade_cancel()

    Neither the trial nor the process that buries connections may have what clients
    have sent: to close it, be it by an exec or an end, may wait. Their tables end
    below the floor, so no number there is a client's: they are in use, by nothing.
    It is that high because Linux copies tables in pieces of so many. Where the
    limit on open files leaves no room for that, there may be some, and a file
    whose close waits can make the trial fail. Of the trial not even that the
    descriptors are open is asked, therefore: it is known here.
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/holder.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/state.h"

enum upgrade_numbers
{
  UPGRADE_TRIAL_MS = 5000,
  UPGRADE_QUIESCE_MS = 1000,
  UPGRADE_LENDING = 3,
  UPGRADE_FLOOR = BUDGET_SPARE  /* what is open below is ours */
} ;

enum upgrade_phase
{
  UPGRADE_NONE,
  UPGRADE_TRIAL,
  UPGRADE_QUIESCE
} ;

struct upgrade_words ;

 /* What is asked of who owns it. All may be 0. */
struct upgrade_hooks
{
  int (*isready) (void *) ;  /* may this image end now? */
  void (*quiesce) (void *) ;  /* it is going to */
  void (*words) (void *, struct upgrade_words *) ;  /* what else the next one is told */
  int (*reap) (void *, pid_t) ;  /* 0: that child is none of its own; else it is reaped now */
} ;

struct upgrade
{
  struct holder *holder ;
  struct slots *slots ;  /* 0: there are no connections */
  struct upgrade_hooks const *hooks ;
  void *data ;  /* theirs */
  struct loop *loop ;
  char const *const *argv ;  /* ours, whole; 0: we cannot be executed */
  int signalfd ;  /* readable: signals are to be obeyed before */
  struct loop_watch answer ;  /* the trial's */
  struct loop_timer deadline ;  /* of the phase */
  pid_t trial ;  /* 0: none, or it has ended */
  uint8_t phase ;
  uint8_t isasked ;  /* the trial begins at the end of this turn */
  uint8_t isnewline ;  /* so far the answer is one newline */
  uint8_t isover ;  /* the time of the phase */
  unsigned int lent ;
  int lending[UPGRADE_LENDING] ;  /* what the trial uses: both ends of its answer, the state */
  unsigned int reserved ;
  unsigned int reservable ;
  int reserve[UPGRADE_FLOOR] ;  /* descriptors of nothing, below the floor */
} ;

extern void upgrade_init (struct upgrade *, struct holder *, struct slots *, struct loop *, char const *const *argv, int signalfd) ;
extern void upgrade_reserve (struct upgrade *) ;  /* what is free below the floor: after something there was closed */
extern void upgrade_end (struct upgrade *) ;  /* the daemon ends, and needs no reserve */
extern void upgrade_ask (struct upgrade *) ;  /* SIGUSR1 */
extern void upgrade_cancel (struct upgrade *, tain const *now) ;
extern void upgrade_reap (struct upgrade *) ;  /* after SIGCHLD: its children, and those of the image before */
extern void upgrade_turn (struct upgrade *, tain const *now) ;  /* every turn, last of all. May not return: then we are another image */

 /*
    The words that the image before, or who has started us, has put in front of
    all arguments. They are not for users:

    -R fd   take over the state that is in it
    -C      only look whether that could be done: answer, and end
    -W fd   be the worker of a keeper, by that channel; 0: of one that has gone
    -S      the keeper has started us: he waits for us to be ready
    -A fd   be the keeper of a worker, by that channel,
    -P fd   which is that process
 */
struct upgrade_words
{
  int n ;  /* how many they are; 0: there are none */
  int fd ;  /* of the state; -1: none */
  int worker ;  /* the channel; UPGRADE_ALONE; -1: we are none, or not yet */
  int keeper ;  /* the channel; -1: we are none, or not yet */
  int process ;  /* -1: none */
  uint8_t istrial ;
  uint8_t isstarted ;
} ;
#define UPGRADE_WORDS_ZERO { .fd = -1, .worker = -1, .keeper = -1, .process = -1 }
enum { UPGRADE_ALONE = 0 } ;  /* what we listen on is no channel */

extern struct upgrade_words upgrade_words (char const *const *argv) ;

 /* Executes what we are, with our arguments and such words. Their descriptors are
    not to be close-on-exec. 0 and errno, if it returns. */
extern int upgrade_execute (char const *const *argv, struct upgrade_words const *) ;
extern int upgrade_mark (struct upgrade_words const *, int flag) ;  /* they become close-on-exec (FD_CLOEXEC), or not (0). 0 and errno */

 /* What the image before has left. */
struct upgrade_heritage
{
  char const *const *argv ;  /* all words, and which of them are that one's */
  struct upgrade_words words ;
  struct state state ;
  struct closer *closer ;  /* helpers that have nothing to do yet; or 0 */
} ;
#define UPGRADE_HERITAGE_ZERO { .words = UPGRADE_WORDS_ZERO, .state = STATE_ZERO }

 /* It is not given up because something else cannot be had just now: after a
    pause all is executed again. 0: SIGTERM has come. 1: that has failed, too. */
extern int upgrade_begin_anew (struct upgrade_heritage *) ;

#endif
