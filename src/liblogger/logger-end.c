/* ISC license. */

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

static unsigned int count_lines (struct gather const *g)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < g->n ; i++)
    for (size_t at = 0 ; at < g->parts[i].len ; at++) n += g->parts[i].s[at] == '\n' ;
  return n ;
}

 /* What they were given is nowhere else: of all others the input has it. */

static void leave_queues (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    struct logger_action *a = l->actions + i ;
    if (!a->isdroppable && (l->state != LOGGER_CLOSING || a->action->type == SCRIPT_DIR)) continue ;
    a->dropped += count_lines(&a->gather) ;
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

 /* What it has been given is not taken back: the source keeps what is not taken. */

void logger_give_up (struct logger *l)
{
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
