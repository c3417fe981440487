/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "liblogger/logger-internal.h"

 /* Those that have not taken what they were given stay as they are. */

static int close_logdirs (struct logger *l)
{
  int isdone = 1 ;
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    struct logger_action *a = l->actions + i ;
    isdone &= !a->gather.n && (a->action->type != SCRIPT_DIR || logdir_close(&a->logdir, &l->now)) ;
  }
  return isdone ;
}

static void leave_processors (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
    if (l->actions[i].action->type == SCRIPT_DIR) logdir_leave_processor(&l->actions[i].logdir) ;
}

 /* What they were given is nowhere else: of all others the input has it. */

static void leave_queues (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    struct logger_action *a = l->actions + i ;
    if (!a->isdroppable && (l->state != LOGGER_CLOSING || a->action->type == SCRIPT_DIR)) continue ;
    a->dropped += gather_lines(&a->gather) ;
    gather_empty(&a->gather) ;
  }
}

static void end_patience (struct logger *l)
{
  leave_processors(l) ;
  leave_queues(l) ;
  l->patience = tain_infinite ;
}

void logger_close_all (struct logger *l)
{
  if (l->state != LOGGER_CLOSING)
  {
    l->state = LOGGER_CLOSING ;
    loop_watch_stop(&l->loop, &l->input) ;
    logger_tell_suppressed(l, 1) ;
    if (l->options.timeout) clock_after(&l->patience, &l->now.now, l->options.timeout) ;
  }
  logger_flush(l) ;
  if (!tain_less(&l->now.now, &l->patience)) end_patience(l) ;
  if (close_logdirs(l)) l->state = LOGGER_OVER ;
}

 /* What has not been taken by all is for the next logger: and where a whole line will
    be written once more, its first half is not to stay. */

static void leave_rest (struct logger *l)
{
  size_t done = logger_done(l) ;
  for (unsigned int i = 0 ; done >= l->source.held && i < l->script->actionlen ; i++)
    if (l->actions[i].action->type == SCRIPT_DIR && !l->actions[i].isdroppable) logdir_untear(&l->actions[i].logdir) ;
  if (!source_take(&l->source, done)) log_line(l->log, LOG_WARNING, "unable to take what was written: ", strerror(errno)) ;
}

void logger_give_up (struct logger *l)
{
  if (l->state == LOGGER_FLUSHING) leave_rest(l) ;
  log_line(l->log, LOG_WARNING, "it is time to end: ", l->state == LOGGER_CLOSING ? "not all could be closed"
    : l->source.held ? "what could not be written is lost" : "what could not be written stays in the input") ;
  end_patience(l) ;
  close_logdirs(l) ;
  l->state = LOGGER_OVER ;
}

static void tell_rest (struct logger *l, struct logger_action const *a, uint64_t n, char const *what)
{
  char number[UINT64_FMT] ;
  if (!n) return ;
  number[uint64_fmt(number, n)] = 0 ;
  log_line(l->log, LOG_WARNING, a->action->type == SCRIPT_DIR ? a->action->path : a->sink.name, ": ", number, what) ;
}

void logger_tell_rest (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    tell_rest(l, l->actions + i, l->actions[i].dropped, " lines dropped") ;
    tell_rest(l, l->actions + i, l->actions[i].suppressed, " lines suppressed") ;
  }
}
