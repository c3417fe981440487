/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/shortage.h"
#include "liblogger/socklog-internal.h"

int socklog_watch (struct socklog_source *x)
{
  struct socklog *l = x->socklog ;
  loop_watch_init(&x->watch, l->onready, x) ;
  return loop_watch_start(&l->loop, &x->watch, x->fd, LOOP_READ) ;
}

void socklog_pause (struct socklog_source *x, char const *what)
{
  struct socklog *l = x->socklog ;
  if (!x->backoff.milliseconds) log_line(l->log, LOG_WARNING, "unable to ", what, ": ", strerror(errno), "; trying again") ;
  backoff_begin(&x->backoff, &STAMP) ;
  loop_watch_stop(&l->loop, &x->watch) ;
  if (x->kind != SOCKLOG_CONNECTION || x->ispaused) return ;
  x->ispaused = 1 ;
  l->paused++ ;
}

static int end_pause (struct socklog_source *x, tain *when)
{
  struct socklog *l = x->socklog ;
  if (loop_watch_isstarted(&x->watch) || !x->backoff.milliseconds) return 1 ;
  if (backoff_iswaiting(&x->backoff, &STAMP))
  {
    backoff_next(&x->backoff, when) ;
    return 1 ;
  }
  if (!socklog_watch(x))
  {
    if (!is_shortage(errno)) return socklog_fail(l, "wait for what comes") ;
    socklog_pause(x, "wait for what comes") ;
    backoff_next(&x->backoff, when) ;
    return 1 ;
  }
  l->paused -= x->ispaused ;
  x->ispaused = 0 ;
  return 1 ;
}

int socklog_end_pauses (struct socklog *l, tain *when)
{
  *when = tain_infinite ;
  for (struct list *i = l->sources.next ; i != &l->sources ; i = i->next)
    if (!end_pause(source_of(i), when)) return 0 ;
  for (struct list *i = l->peers.next ; l->paused && i != &l->peers ; i = i->next)
    if (source_of(i)->ispaused && !end_pause(source_of(i), when)) return 0 ;
  return 1 ;
}
