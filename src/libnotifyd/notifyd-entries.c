/* ISC license. */

#include <errno.h>
#include <string.h>

#include "libdaemon/list.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libnotifyd/notifyd-internal.h"
#include "libnotifyd/stored.h"

void notifyd_queue (struct notifyd *d, struct stored_entry *e)
{
  if (!list_isempty(&e->queue)) return ;
  e->turn = ++d->turn ;
  list_append(&d->queue, &e->queue) ;
}

void notifyd_forget (struct notifyd *d, struct stored_entry *e)
{
  loop_watch_stop(&d->loop, &e->hangup) ;
  list_remove(&e->queue) ;
  stored_forget(e) ;
}

void notifyd_remove (struct notifyd *d, struct stored_entry *e)
{
  loop_watch_stop(&d->loop, &e->hangup) ;
  stored_close(e) ;
  if (!e->isthere) notifyd_forget(d, e) ;
  else
  {
    e->state = STORED_UNWANTED ;
    notifyd_queue(d, e) ;
  }
}

static void drop_hungup (struct notifyd *d, struct stored_entry *e)
{
  char id[FDHOLDER_ID_MAX + 1] ;
  char quoted[LOG_QUOTED_MAX] ;
  stored_id(e, id) ;
  log_line(d->log, LOG_INFO, log_quote(quoted, id, strlen(id)), " has hung up: it is dropped") ;
  notifyd_remove(d, e) ;
}

static void on_hangup (void *data, unsigned int events, tain const *now)
{
  struct stored_entry *e = data ;
  (void)now ;
  if (events & LOOP_HANGUP) drop_hungup(e->stored->owner, e) ;
}

 /* What cannot be waited for, as a file, never hangs up. */

void notifyd_watch (struct notifyd *d, struct stored_entry *e)
{
  if (!e->ispolled || e->fd < 0) return ;
  loop_watch_init(&e->hangup, &on_hangup, e) ;
  if (!loop_watch_start(&d->loop, &e->hangup, e->fd, 0))
    log_line(d->log, LOG_WARNING, "unable to watch a descriptor: ", strerror(errno)) ;
  else if (e->hangup.isalways) loop_watch_stop(&d->loop, &e->hangup) ;
}
