/* ISC license. */

#ifndef S6ACTIVATION_LOGGER_H
#define S6ACTIVATION_LOGGER_H

 /*
    The engine of s6-log: lines from a source to the actions of a script. A batch is
    what the source has; each of its lines goes to all actions that it is for, and the
    source keeps them until all of these have taken theirs. So what a logger that is
    killed has not written is still there, and memory does not grow with the input.

      READING -> FLUSHING    an action cannot take its part of the batch now
      FLUSHING -> READING    all have
      READING -> CLOSING     the input has ended; or TERM, and no line is begun
      CLOSING -> OVER        all logdirs are closed; or after TERM, when the time is over
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "liblogger/gather.h"
#include "liblogger/logdir.h"
#include "liblogger/script.h"
#include "liblogger/sink.h"
#include "liblogger/source.h"
#include "liblogger/stamp.h"

struct logger_options
{
  size_t limit ;  /* bytes of a line; 0: LOGGER_LINE_MAX */
  unsigned int timeout ;  /* milliseconds that TERM gives; 0: for ever */
  uint8_t ispersistent ;  /* TERM is ignored */
  uint8_t iscushioned ;  /* the pipe may be made larger */
} ;

enum logger_numbers
{
  LOGGER_LINE_USUALLY = 8192,
  LOGGER_LINE_MIN = 48,
  LOGGER_LINE_MAX = 1 << 24,
  LOGGER_TIMEOUT_USUALLY = 2000
} ;

enum logger_state { LOGGER_READING, LOGGER_FLUSHING, LOGGER_CLOSING, LOGGER_OVER } ;

struct logger_action
{
  struct script_action const *action ;
  struct manner manner ;
  struct logger_action *first ;  /* of those to the same place, whose lines are to stay in order: it gathers for all of them */
  struct gather gather ;
  struct logdir logdir ;  /* of DIR */
  struct sink sink ;  /* of STDOUT, ALERT */
  uint8_t isfailing ;  /* a status: it was told */
  uint8_t isdroppable ;  /* of first, and so are those down to dropped: what it cannot take holds nobody up */
  uint8_t isbehind ;  /* the last flush has left something */
  uint8_t isdropping ;  /* and there was no room behind it: until it has left, all that comes is dropped */
  uint64_t dropped ;  /* and not told yet */
  uint32_t inwindow ;  /* lines, if their number has a limit */
  tain window ;  /* when it ends; infinite: none has begun */
  uint64_t suppressed ;  /* and not told yet */
  uint64_t lines ;
  uint64_t alldropped ;
  uint64_t allsuppressed ;
  size_t settled ;  /* lines of the batch that it has taken, while that is counted */
} ;

struct logger
{
  struct script const *script ;
  struct logger_options options ;
  struct log *log ;
  struct logger_action *actions ;
  uint8_t *isselected ;  /* by group */
  struct source source ;
  struct stamp stamp ;
  struct logtime now ;
  struct loop loop ;
  struct loop_watch input ;
  struct loop_watch signals ;
  struct loop_watch room[2] ;  /* of stdout, of stderr; while somebody waits for it */
  struct loop_timer timer ;
  tain deadline ;  /* after TERM; else infinite */
  tain patience ;  /* once it closes: how long processors are waited for */
  size_t taken ;  /* bytes of the batch that are done with when all is flushed */
  enum logger_state state ;
  uint8_t isending ;  /* TERM or HUP has come */
  uint8_t isover ;  /* the input is */
  uint8_t ismore ;  /* it may have more at once */
  uint8_t iscrowded ;  /* a line that is there has found no room */
  int error ;  /* of the input: why it is over; or 0 */
  uint8_t isedged ;  /* what stays in the input does not wake us */
  unsigned int nap ;  /* milliseconds from one look at it to the next; 0: it was seen to grow */
} ;

 /* Opens all that the script names. 0 and errno; what: what could not be. */
extern int logger_init (struct logger *, struct script const *, struct logger_options const *, struct log *, char const **what) ;

 /* Until the end of the input, or TERM. 0 and errno: it cannot go on. */
extern int logger_run (struct logger *) ;

#endif
