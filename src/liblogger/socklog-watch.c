/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/tai.h>

#include "liblogger/socklog-internal.h"

int socklog_watch (struct socklog_source *x)
{
  struct socklog *l = x->socklog ;
  loop_watch_init(&x->watch, l->onready, x) ;
  return loop_watch_start(&l->loop, &x->watch, x->fd, LOOP_READ) ;
}

int socklog_watch_listeners (struct socklog *l)
{
  for (struct list *i = l->sources.next ; i != &l->sources ; i = i->next)
  {
    struct socklog_source *x = source_of(i) ;
    if (x->kind != SOCKLOG_LISTENER || loop_watch_isstarted(&x->watch) || backoff_iswaiting(&x->backoff, &STAMP)) continue ;
    if (!socklog_watch(x)) return socklog_fail(l, "wait for connections") ;
  }
  return 1 ;
}

void socklog_pause (struct socklog_source *x, char const *what)
{
  struct socklog *l = x->socklog ;
  if (!x->backoff.milliseconds) log_line(l->log, LOG_WARNING, "unable to ", what, ": ", strerror(errno), "; trying again") ;
  backoff_begin(&x->backoff, &STAMP) ;
  loop_watch_stop(&l->loop, &x->watch) ;
}

int socklog_end_pauses (struct socklog *l, tain *when)
{
  *when = tain_infinite ;
  for (struct list *i = l->sources.next ; i != &l->sources ; i = i->next)
  {
    struct socklog_source *x = source_of(i) ;
    if (loop_watch_isstarted(&x->watch) || !x->backoff.milliseconds) continue ;
    if (backoff_iswaiting(&x->backoff, &STAMP)) backoff_next(&x->backoff, when) ;
    else if ((x->kind != SOCKLOG_LISTENER || l->connections < l->most) && !socklog_watch(x)) return socklog_fail(l, "wait for what comes") ;
  }
  return 1 ;
}
