/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <time.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "liblogger/lines.h"
#include "liblogger/logger-internal.h"
#include "liblogger/select.h"

void logger_clock (struct logger *l)
{
  struct timespec wall ;
  tain_now_g() ;
  l->now.now = STAMP ;
  clock_gettime(CLOCK_REALTIME, &wall) ;
  l->now.wall = wall ;
  stamp_set(&l->stamp, &wall) ;
}

typedef int action_func (struct logger *, struct logger_action *, struct line const *) ;

 /* For each action that the line is for, until f returns 0, which is returned. */

static int for_actions (struct logger *l, struct line const *line, action_func *f)
{
  for (unsigned int i = 0 ; i < l->script->grouplen ; i++)
  {
    struct script_group const *g = l->script->groups + i ;
    if (!l->isselected[i]) continue ;
    for (unsigned int j = 0 ; j < g->actions ; j++)
      if (!(*f)(l, l->actions + g->firstaction + j, line)) return 0 ;
  }
  return 1 ;
}

static int reserve (struct logger *l, struct logger_action *a, struct line const *line)
{
  (void)l ;
  return logger_isspared(a) || gather_reserve(&a->first->gather, line, &a->manner) || (!errno && logger_maydrop(a)) ;
}

static int release (struct logger *l, struct logger_action *a, struct line const *line)
{
  (void)l ;
  (void)line ;
  gather_release(&a->first->gather) ;
  return 1 ;
}

 /* Of a status only the last line of a batch is of use. */

static int add (struct logger *l, struct logger_action *a, struct line const *line)
{
  if (logger_isspared(a)) return (logger_count_spared(a), 1) ;
  if (a->action->type == SCRIPT_STATUS) gather_empty(&a->first->gather) ;
  gather_add(&a->first->gather, line, &a->manner, &l->stamp) ;
  logger_count(l, a) ;
  return 1 ;
}

 /* 0: there is no room for it now; errno. */

static int distribute_one (struct logger *l, struct line const *line)
{
  int ok, e ;
  select_groups(l->script, (char *)(uintptr_t)line->s, line->len, l->isselected) ;
  ok = for_actions(l, line, &reserve) ;
  e = errno ;
  for_actions(l, line, ok ? &add : &release) ;
  if (ok) for_actions(l, line, &release) ;
  return (errno = e, ok) ;
}

 /* The end of a line is a newline from now on, where there is one. */

static int next (struct logger *l, struct lines *x, int islast, struct line *line)
{
  int isone = lines_next(x, &line->s, &line->len) ;
  if (!isone && islast) isone = lines_last(x, &line->s, &line->len) ;
  if (!isone) return 0 ;
  line->isended = line->s + line->len < x->s + x->at || x->at == x->len ;
  if (line->isended) l->source.s[(size_t)(line->s - x->s) + line->len] = '\n' ;
  return 1 ;
}

 /* An action that may drop lines is asked first what it can take by now. */

int logger_distribute (struct logger *l, int islast, unsigned int most)
{
  struct lines x ;
  struct line line ;
  unsigned int n = 0 ;
  lines_init(&x, l->source.s, l->source.len, l->options.limit) ;
  l->taken = 0 ;
  l->iscrowded = 0 ;
  logger_flush(l) ;
  logger_tell_suppressed(l, 0) ;
  while (n < most && next(l, &x, islast, &line))
  {
    if (!distribute_one(l, &line))
    {
      if (errno) return -1 ;
      l->iscrowded = 1 ;
      break ;
    }
    l->taken = x.at ;
    n++ ;
  }
  return (int)n ;
}

static int count (struct logger *l, struct logger_action *a, struct line const *line)
{
  (void)l ;
  (void)line ;
  a->first->settled++ ;
  return 1 ;
}

 /* A status is as good as its last line, and what may be dropped is not waited for. */

static int spend (struct logger *l, struct logger_action *a, struct line const *line)
{
  (void)l ;
  (void)line ;
  if (a->action->type == SCRIPT_STATUS || a->first->isdroppable) return 1 ;
  if (!a->first->settled) return 0 ;
  a->first->settled-- ;
  return 1 ;
}

 /* For each line that was given to actions, until f returns 0; how far it came. */

static size_t for_given (struct logger *l, action_func *f)
{
  struct lines x ;
  struct line line = { .isended = 1 } ;
  size_t at = 0 ;
  lines_init(&x, l->source.s, l->taken, l->options.limit) ;
  while (lines_next(&x, &line.s, &line.len) || lines_last(&x, &line.s, &line.len))
  {
    select_groups(l->script, (char *)(uintptr_t)line.s, line.len, l->isselected) ;
    if (!for_actions(l, &line, f)) break ;
    at = x.at ;
  }
  return at ;
}

 /* What was not taken is the end of what was given: so many lines as there are newlines
    left. Of one that has a limit nobody knows which it was given. */

static void settle (struct logger_action *a)
{
  size_t left = gather_lines(&a->first->gather) ;
  if (a == a->first) a->settled -= left < a->settled ? left : a->settled ;
  if (left && a->action->settings.lines) a->first->settled = 0 ;
}

size_t logger_done (struct logger *l)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++) l->actions[i].settled = 0 ;
  for_given(l, &count) ;
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++) settle(l->actions + i) ;
  return for_given(l, &spend) ;
}
