/* ISC license. */

#include <limits.h>
#include <string.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "liblogger/logger-internal.h"

enum { TELL_AGAIN_MS = 1000, NOTICE = UINT64_FMT + 32 } ;

static int is_over_rate (struct logger_action const *a)
{
  return a->action->type != SCRIPT_STATUS && a->inwindow && a->inwindow >= a->action->settings.lines ;
}

int logger_isspared (struct logger_action const *a)
{
  return a->first->isdropping || is_over_rate(a) ;
}

void logger_count_spared (struct logger_action *a)
{
  if (a->first->isdropping)
  {
    a->first->dropped++ ;
    a->alldropped++ ;
  }
  else
  {
    a->suppressed++ ;
    a->allsuppressed++ ;
  }
}

 /* A window begins with a line. */

void logger_count (struct logger const *l, struct logger_action *a)
{
  uint32_t window = a->action->settings.window ;
  a->lines++ ;
  if (!a->action->settings.lines) return ;
  if (!a->inwindow++) tain_addsec(&a->window, &l->now.now, window < INT_MAX ? (int)window : INT_MAX) ;
}

 /* One that has not been asked to take what it has is to be asked first. */

int logger_maydrop (struct logger_action *a)
{
  struct logger_action *first = a->first ;
  if (!first->isdroppable || !first->isbehind) return 0 ;
  return first->isdropping = 1 ;
}

 /* A line of our own, with all that its neighbours have before them. */

static int tell (struct logger *l, struct logger_action *a, uint64_t n, char const *what)
{
  char text[NOTICE] = "s6-log: " ;
  struct manner const manner = { .settings = a->manner.settings, .name = 0, .most = 0 } ;
  struct line line = { .s = text, .len = strlen(text), .isended = 0 } ;
  struct gather *g = &a->first->gather ;
  line.len += uint64_fmt(text + line.len, n) ;
  strcpy(text + line.len, what) ;
  line.len += strlen(what) ;
  if (!gather_reserve(g, &line, &manner)) return 0 ;
  gather_add(g, &line, &manner, &l->stamp) ;
  gather_release(g) ;
  return 1 ;
}

int logger_tell_dropped (struct logger *l, struct logger_action *a)
{
  if (!a->dropped || !tell(l, a, a->dropped, " lines dropped")) return 0 ;
  a->dropped = 0 ;
  return 1 ;
}

static void end_window (struct logger *l, struct logger_action *a)
{
  if (a->suppressed)
  {
    if (!tell(l, a, a->suppressed, " lines suppressed"))
    {
      clock_after(&a->window, &l->now.now, TELL_AGAIN_MS) ;
      return ;
    }
    a->suppressed = 0 ;
  }
  a->inwindow = 0 ;
  a->window = tain_infinite ;
}

void logger_tell_suppressed (struct logger *l, int isend)
{
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
    if (isend || !tain_less(&l->now.now, &l->actions[i].window)) end_window(l, l->actions + i) ;
}

 /* While nothing is read nothing can be told: not before that is over. */

void logger_next_window (struct logger const *l, tain *when)
{
  if (l->state != LOGGER_READING) return ;
  for (unsigned int i = 0 ; i < l->script->actionlen ; i++)
    if (l->actions[i].suppressed) clock_lower(when, &l->actions[i].window) ;
}
