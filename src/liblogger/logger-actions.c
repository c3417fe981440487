/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "liblogger/logger-internal.h"

 /* The first one that writes to the same place. */

static struct logger_action *find_first (struct logger *l, struct logger_action *a)
{
  struct logger_action *b = l->actions ;
  for (; b < a ; b++)
  {
    if (b->action->type != a->action->type || b->action->type == SCRIPT_DIR) continue ;
    if (b->action->type != SCRIPT_STATUS || !strcmp(b->action->path, a->action->path)) break ;
  }
  return b ;
}

static int open_action (struct logger *l, struct logger_action *a)
{
  a->first = find_first(l, a) ;
  a->window = tain_infinite ;
  a->manner.settings = &a->action->settings ;
  a->manner.isbare = a->action->type != SCRIPT_ALERT && !a->action->settings.stamps && !a->action->settings.prefix ;
  gather_init(&a->gather) ;
  switch (a->action->type)
  {
    case SCRIPT_STDOUT : sink_init(&a->sink, 1, "stdout") ; break ;
    case SCRIPT_ALERT :
      sink_init(&a->sink, 2, "stderr") ;
      a->manner.name = "s6-log: alert: " ;
      a->manner.most = a->action->settings.alert ;
      break ;
    case SCRIPT_DIR : return logdir_open(&a->logdir, a->action->path, &a->action->settings, l->log, &l->now) ;
    case SCRIPT_STATUS : break ;
  }
  return 1 ;
}

static int is_dropping (struct logger_action const *a)
{
  return a->action->settings.isdropping && a->action->type != SCRIPT_STATUS ;
}

 /* A place that one action wants to have all lines has all of them. */

static void find_droppable (struct logger *l)
{
  struct logger_action *end = l->actions + l->script->actionlen ;
  for (struct logger_action *a = l->actions ; a < end ; a++) a->first->isdroppable = (uint8_t)is_dropping(a->first) ;
  for (struct logger_action *a = l->actions ; a < end ; a++) a->first->isdroppable &= (uint8_t)is_dropping(a) ;
  for (struct logger_action *a = l->actions ; a < end ; a++) a->gather.iscopying = a->isdroppable ;
}

int logger_open (struct logger *l, char const **what)
{
  *what = "all that the script names" ;
  l->actions = calloc(l->script->actionlen + 1, sizeof(struct logger_action)) ;
  l->isselected = calloc(l->script->grouplen + 1, 1) ;
  if (!l->actions || !l->isselected) return 0 ;
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    l->actions[i].action = l->script->actions + i ;
    *what = l->script->actions[i].path ;
    if (!open_action(l, l->actions + i)) return 0 ;
  }
  find_droppable(l) ;
  return 1 ;
}

static int flush_status (struct logger *l, struct logger_action *a)
{
  struct logpart const *last = a->gather.parts ;
  int ok = sink_status(a->action->path, last->s, last->len, a->action->settings.status) ;
  if (!ok && !a->isfailing) log_line(l->log, LOG_WARNING, "unable to write ", a->action->path, ": ", strerror(errno)) ;
  a->isfailing = !ok ;
  return 1 ;
}

static int flush_one (struct logger *l, struct logger_action *a)
{
  switch (a->action->type)
  {
    case SCRIPT_DIR : return logdir_write(&a->logdir, a->gather.parts, a->gather.n, &l->now) ;
    case SCRIPT_STATUS : return flush_status(l, a) ;
    default : return sink_write(&a->sink, a->gather.parts, a->gather.n, l->log) ;
  }
}

 /* Until it has room, somebody is to tell us. */

static void wait_for_room (struct logger *l, int fd, int isfull)
{
  struct loop_watch *w = l->room + fd - 1 ;
  if (!isfull) loop_watch_stop(&l->loop, w) ;
  else if (!loop_watch_isstarted(w) && !loop_watch_start(&l->loop, w, fd, LOOP_WRITE))
    log_line(l->log, LOG_WARNING, "unable to wait for ", fd == 1 ? "stdout" : "stderr", ": ", strerror(errno)) ;
}

 /* What it has dropped meanwhile is told where it would have stood. */

static int flush_all_of (struct logger *l, struct logger_action *a)
{
  do
  {
    a->isbehind = !flush_one(l, a) ;
    if (a->isbehind) return 0 ;
    gather_empty(&a->gather) ;
    a->isdropping = 0 ;
  }
  while (logger_tell_dropped(l, a)) ;
  return 1 ;
}

int logger_flush (struct logger *l)
{
  int isfull[2] = { 0, 0 } ;
  int isdone = 1 ;
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    struct logger_action *a = l->actions + i ;
    if (!a->gather.n || flush_all_of(l, a)) continue ;
    if (!a->isdroppable) isdone = 0 ;
    if (a->action->type != SCRIPT_DIR) isfull[a->sink.out.fd - 1] = 1 ;
  }
  for (int fd = 1 ; fd <= 2 ; fd++) wait_for_room(l, fd, isfull[fd - 1]) ;
  return isdone ;
}

void logger_turn (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
    if (l->actions[i].action->type == SCRIPT_DIR) logdir_turn(&l->actions[i].logdir, &l->now) ;
}

void logger_next (struct logger const *l, tain *when)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
    if (l->actions[i].action->type == SCRIPT_DIR) logdir_next(&l->actions[i].logdir, when) ;
  logger_next_window(l, when) ;
}

void logger_rotate (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
    if (l->actions[i].action->type == SCRIPT_DIR) logdir_rotate(&l->actions[i].logdir) ;
}

void logger_report (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
  {
    struct logger_action const *a = l->actions + i ;
    char lines[UINT64_FMT], bytes[UINT64_FMT], dropped[UINT64_FMT], suppressed[UINT64_FMT] ;
    if (a->action->type != SCRIPT_DIR) continue ;
    lines[uint64_fmt(lines, a->lines)] = 0 ;
    bytes[uint64_fmt(bytes, a->logdir.size)] = 0 ;
    dropped[uint64_fmt(dropped, a->alldropped)] = 0 ;
    suppressed[uint64_fmt(suppressed, a->allsuppressed)] = 0 ;
    log_line(l->log, LOG_NOTE, a->action->path, ": ", lines, " lines, ", dropped, " dropped, ", suppressed, " suppressed, current has ", bytes, " bytes",
      tain_less(&a->logdir.retry, &tain_infinite) ? ", and cannot be written to" : "",
      a->logdir.processing ? ", processor at work" : "") ;
  }
}
