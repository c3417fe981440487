/* ISC license. */

#ifndef S6ACTIVATION_ROLLOVER_H
#define S6ACTIVATION_ROLLOVER_H

 /* s6-rollover without its main: children, their readiness, signals, time. */

#include <sys/types.h>

#include "libdaemon/children.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "librollover/overlap.h"

enum rollover_numbers
{
  ROLLOVER_PATIENCE_USUALLY = 30000,
  ROLLOVER_MERCY_USUALLY = 30000,
  ROLLOVER_ALIVE_MS = 1000,  /* who does not tell is ready then */
  ROLLOVER_MUTE_MS = 100,  /* who closes where it should tell may be about to end, which says more */
  ROLLOVER_WHY_MAX = 512
} ;

struct rollover_options
{
  char const *const *argv ;
  char const *const *envp ;
  void (*tell) (void) ;  /* the supervisor: it is ready */
  int ready ;  /* the number at which each child tells that it is; -1: none does */
  unsigned int patience ;  /* ms until the next one must be ready; 0: for ever */
  unsigned int mercy ;  /* ms from the signal to SIGKILL; 0: for ever */
  int signal ;  /* that tells a child to end */
} ;

struct rollover_child ;

 /* Something of that child is to be looked at, or its time is over. */
typedef void rollover_hear_func (struct rollover_child *, int islate) ;

struct rollover
{
  struct rollover_options const *options ;
  struct log *log ;
  rollover_hear_func *hear ;
  struct loop loop ;
  struct loop_watch signals ;
  struct children children ;
  struct loop_timer sweep ;  /* their ends could not be known: when to look again */
  struct rollover_child *current ;
  struct rollover_child *next ;  /* or 0 */
  enum overlap_state state ;
  pid_t pid ;
  int istold ;
  int sig ;  /* to be passed on */
  int status ;  /* of the current one, once it has ended */
  char why[ROLLOVER_WHY_MAX] ;  /* the next one is of no use */
} ;

 /* They outlive it. 0 and errno. */
extern int rollover_init (struct rollover *, struct rollover_options const *, struct log *) ;

 /* Starts the first one. Its pid; 0 and errno: there is no process; -1 and errno: it could not
    be executed. */
extern pid_t rollover_start (struct rollover *) ;

 /* Until the end. How we are to end: a status of waitpid(2). -1 and errno. */
extern int rollover_run (struct rollover *) ;

#endif
