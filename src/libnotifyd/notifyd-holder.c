/* ISC license. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/list.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libnotifyd/notifyd-internal.h"
#include "libnotifyd/stored.h"

enum { AGAIN_MS = 1000 } ;

#define first_of(d) tree_owner(struct stored_entry, queue, (d)->queue.next)

 /* The connection as it is now: the library may have made it anew, and then the holder is
    perhaps another one, that holds nothing. */

static ino_t find_connection (struct notifyd const *d)
{
  struct stat st ;
  return fstat(fdholder_fd(&d->holder), &st) == 0 ? st.st_ino : 0 ;
}

static void set_due (struct notifyd *d)
{
  tain_now_g() ;
  if (d->patience) clock_after(&d->due, &STAMP, d->patience) ;
  else d->due = tain_infinite ;
  if (d->state == NOTIFYD_FINISHING) clock_lower(&d->due, &d->deadline) ;
}

 /* One that does not answer gets less time, and then more again, so that what else there is
    to do is not kept waiting all the time. */

static void change_patience (struct notifyd *d)
{
  unsigned int most = d->options.timeout ;
  if (most <= AGAIN_MS) return ;
  d->patience = d->patience >= most ? AGAIN_MS : d->patience > most / 2 ? most : 2 * d->patience ;
}

void notifyd_leave (struct notifyd *d)
{
  if (!d->isconnected) return ;
  loop_watch_stop(&d->loop, &d->line) ;
  fdholder_end(&d->holder) ;
  d->isconnected = 0 ;
}

static void begin_anew (struct notifyd *d, unsigned int ms)
{
  notifyd_leave(d) ;
  d->isknown = 0 ;
  tain_now_g() ;
  clock_after(&d->again, &STAMP, ms) ;
}

static void lose (struct notifyd *d)
{
  int e = errno ;
  begin_anew(d, AGAIN_MS) ;
  if (e == ETIMEDOUT) change_patience(d) ;
  if (d->islost) return ;
  d->islost = 1 ;
  complaint_line(&d->complaints, LOG_WARNING, "the holder is lost", 0, &STAMP, "the holder at ", d->options.holder, " is lost: ", strerror(e), ": trying again each second") ;
}

static void on_line (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  (void)now ;
  errno = EPIPE ;
  lose(data) ;
}

void notifyd_connected (struct notifyd *d)
{
  d->isconnected = 1 ;
  d->connection = find_connection(d) ;
  loop_watch_init(&d->line, &on_line, d) ;
}

static int connect_holder (struct notifyd *d)
{
  if (!fdholder_start_g(&d->holder, d->options.holder, &d->due)) return 0 ;
  notifyd_connected(d) ;
  return 1 ;
}

static void judge (void *data, struct stored_entry *e)
{
  struct notifyd *d = data ;
  e->isthere = e->isseen ;
  e->isseen = 0 ;
  if (e->isthere || e->state != STORED_HELD) return ;
  e->state = STORED_WANTED ;
  notifyd_queue(d, e) ;
}

 /* The holder has been away: what it does not hold any more it is told again. */

static int compare (struct notifyd *d)
{
  stralloc ids = STRALLOC_ZERO ;
  size_t n = 0 ;
  char const *s ;
  if (!fdholder_list_g(&d->holder, &ids, &n, &d->due)) return 0 ;
  s = ids.s ;
  for (size_t i = 0 ; i < n ; i++, s += strlen(s) + 1)
  {
    struct stored_entry *e = stored_find(&d->stored, s) ;
    if (e) e->isseen = 1 ;
  }
  stralloc_free(&ids) ;
  stored_each(&d->stored, &judge, d) ;
  d->isknown = 1 ;
  if (d->islost) complaint_line(&d->complaints, LOG_NOTE, "the holder is back", 0, &STAMP, "the holder at ", d->options.holder, " is back") ;
  d->islost = 0 ;
  d->patience = d->options.timeout ;
  return 1 ;
}

static int delete (struct notifyd *d, char const *id)
{
  return fdholder_delete_g(&d->holder, id, &d->due) || errno == ENOENT ;
}

 /* What can be done twice, for an answer may not come: a holder that cannot replace is
    told to forget first. */

static int tell (struct notifyd *d, struct stored_entry *e)
{
  char id[FDHOLDER_ID_MAX + 1] ;
  stored_id(e, id) ;
  if (e->state == STORED_UNWANTED) return delete(d, id) ;
  e->isthere = 1 ;
  if (fdholder_replace_g(&d->holder, e->fd, id, 0, &d->due)) return 1 ;
  return errno == ENOSYS && delete(d, id) && fdholder_store_g(&d->holder, e->fd, id, 0, &d->due) ;
}

 /* The holder has understood, and says no. All else may be had later. */

static int is_refusal (fdholder const *h, int e)
{
  static int const refusals[] = { EPERM, EBUSY, ENFILE, EDQUOT, EINVAL, ENAMETOOLONG, ELOOP, EBADF } ;
  for (unsigned int i = 0 ; i < sizeof(refusals) / sizeof(refusals[0]) ; i++)
    if (!h->error && e == refusals[i]) return 1 ;
  return 0 ;
}

 /* What it was to replace has been removed, and is forgotten still. */

static void refuse (struct notifyd *d, struct stored_entry *e)
{
  char id[FDHOLDER_ID_MAX + 1] ;
  char quoted[LOG_QUOTED_MAX] ;
  char const *reason = strerror(errno) ;
  stored_id(e, id) ;
  log_quote(quoted, id, strlen(id)) ;
  tain_now_g() ;
  if (e->state == STORED_UNWANTED)
  {
    complaint_line(&d->complaints, LOG_WARNING, "the holder does not forget", 0, &STAMP, "the holder does not forget ", quoted, ": ", reason) ;
    notifyd_forget(d, e) ;
  }
  else
  {
    complaint_line(&d->complaints, LOG_WARNING, "the holder does not take", 0, &STAMP, "the holder does not take ", quoted, ": ", reason, ": it is closed") ;
    notifyd_remove(d, e) ;
  }
}

static void accept_answer (struct notifyd *d, struct stored_entry *e)
{
  if (e->state == STORED_UNWANTED)
  {
    notifyd_forget(d, e) ;
    return ;
  }
  list_remove(&e->queue) ;
  e->state = STORED_HELD ;
}

static int step (struct notifyd *d)
{
  struct stored_entry *e ;
  uint8_t wasthere ;
  if (!d->isconnected) return connect_holder(d) ;
  if (!d->isknown) return compare(d) ;
  e = first_of(d) ;
  wasthere = e->isthere ;
  if (!tell(d, e))
  {
    if (!is_refusal(&d->holder, errno)) return 0 ;
    e->isthere = wasthere ;
    refuse(d, e) ;
  }
  else accept_answer(d, e) ;
  notifyd_haste_reset(d) ;
  if (find_connection(d) != d->connection)
  {
    d->connection = find_connection(d) ;
    d->isknown = 0 ;
  }
  return 1 ;
}

static int is_something (struct notifyd const *d)
{
  return !list_isempty(&d->queue) || !d->isconnected || !d->isknown ;
}

 /* While nothing is asked, all that can come on the line is its end. */

static void watch_line (struct notifyd *d)
{
  if (!d->isconnected || loop_watch_isstarted(&d->line)) return ;
  if (loop_watch_start(&d->loop, &d->line, fdholder_fd(&d->holder), LOOP_READ)) return ;
  log_line(d->log, LOG_WARNING, "unable to watch the holder: ", strerror(errno)) ;
  lose(d) ;
}

void notifyd_step (struct notifyd *d)
{
  if (is_something(d) && !tain_less(&STAMP, &d->again))
  {
    int isdone ;
    loop_watch_stop(&d->loop, &d->line) ;
    set_due(d) ;
    notifyd_haste_begin(d) ;
    isdone = step(d) ;
    if (notifyd_haste_end(d, isdone)) begin_anew(d, 0) ;
    else if (!isdone) lose(d) ;
  }
  if (is_something(d)) return ;
  notifyd_haste_reset(d) ;
  watch_line(d) ;
}

void notifyd_next (struct notifyd const *d, tain *when)
{
  if (is_something(d)) clock_lower(when, &d->again) ;
}
