/* ISC license. */

 /* What all verbs share: answers, the log, and what a session is in the
    middle of. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/stage.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdholderd/watch.h"
#include "libfdwire/wire.h"

#include "libdaemon/closer.h"
#include "libdaemon/log.h"

uint64_t verbs_open (struct holder *h, uint64_t wanted)
{
  uint64_t open = fdtable_count(&h->fdtable) ;
  int wouldhelp = h->fdtable.count + wanted + h->budget.reserved <= h->budget.limit ;
  if (!wouldhelp || open + wanted + h->budget.reserved <= h->budget.limit) return open ;
  closer_settle(&h->closer, 0) ;
  return fdtable_count(&h->fdtable) ;
}

int verbs_isoverquota (struct holder *h, struct session *s, uint32_t added, tain const *now)
{
  uint32_t max = added ? policy_maxfds(&h->policy, &s->rights, now) : POLICY_ANY ;
  return max != POLICY_ANY && (uint64_t)store_used_by(&h->store, s->rights.uid) + added > max ;
}

enum verdict verbs_error (struct replies const *out, int e)
{
  char *body = (*out->reserve)(out->data, WIRE_ERROR_PACK, 0) ;
  if (!body) return VERDICT_NOMEMORY ;
  (*out->commit)(out->data, wire_pack_error(body, e), 0, 0) ;
  return VERDICT_ANSWERED ;
}

enum verdict verbs_done (struct call const *c, char const *what, char const *id, int error)
{
  verbs_log(c->holder, c->session, what, id, error) ;
  return verbs_error(&c->reply, error) ;
}

enum phase verbs_phase (struct session const *s)
{
  if (s->stage) return PHASE_DUMP ;
  if (verbs_istaking(s)) return PHASE_TAKING ;
  return s->given ? PHASE_GIVEN : PHASE_NONE ;
}

void verbs_log (struct holder *h, struct session const *s, char const *what, char const *id, int e)
{
  char quoted[LOG_QUOTED_MAX] ;
  char uid[UID_FMT] ;
  char pid[PID_FMT] ;
  if (!log_wants(&h->log, LOG_INFO)) return ;
  uid[uid_fmt(uid, s->rights.uid)] = 0 ;
  pid[pid_fmt(pid, s->pid)] = 0 ;
  log_line(&h->log, LOG_INFO, "uid ", uid, " pid ", pid, ": ", what, id ? " " : "", id ? log_quote(quoted, id, strlen(id)) : "", ": ", e ? strerror(e) : "done") ;
}

static void note (struct holder *h, enum store_change change, struct store_entry const *e)
{
  static enum wire_event_kind const kinds[] =
  {
    [STORE_STORED] = WIRE_EVENT_STORED,
    [STORE_REPLACED] = WIRE_EVENT_REPLACED,
    [STORE_DELETED] = WIRE_EVENT_DELETED,
    [STORE_EXPIRED] = WIRE_EVENT_EXPIRED
  } ;
  tain now ;
  if (!tain_wallclock_read(&now)) now = tain_zero ;
  watch_note(&h->watch, kinds[change], &now, e->id, e->idlen) ;
}

void verbs_observe (void *data, enum store_change change, struct store_entry const *e)
{
  char quoted[LOG_QUOTED_MAX] ;
  struct holder *h = data ;
  if (change == STORE_STORED || change == STORE_REPLACED) watch_tell(&h->watch, e->id) ;
  if (watch_iswatched(&h->watch)) note(h, change, e) ;
  if (change == STORE_EXPIRED && log_wants(&h->log, LOG_INFO)) log_line(&h->log, LOG_INFO, "expired: ", log_quote(quoted, e->id, e->idlen)) ;
}

static struct store_entry *find_taken (struct holder *h, struct taking const *t)
{
  struct store_entry *e = store_get(&h->store, t->id) ;
  return e && e->serial == t->serial ? e : 0 ;
}

static void end_taking (struct holder *h, struct session *s)
{
  struct store_entry *e = find_taken(h, s->taking) ;
  free(s->taking) ;
  s->taking = 0 ;
  if (!e) return ;
  e->taken = 0 ;
  watch_tell(&h->watch, e->id) ;
}

 /* What the keeper is being told of is done all the same. */

static void end_changing (struct holder *h, struct session *s)
{
  if (h->changes.underway.session == s) h->changes.underway.session = 0 ;
  if (s->postponed) postponed_free(s->postponed, &h->fdtable) ;
  s->postponed = 0 ;
  s->changing = CHANGING_NOTHING ;
}

void verbs_session_end (struct holder *h, struct session *s)
{
  end_changing(h, s) ;
  if (verbs_istaking(s)) end_taking(h, s) ;
  if (s->given) store_forget(&h->store, s->given) ;
  s->given = 0 ;
  if (s->waiter) watch_forget(&h->watch, s->waiter) ;
  s->waiter = 0 ;
  if (s->inspection) inspect_forget(s->inspection) ;
  s->inspection = 0 ;
  if (!s->stage) return ;
  budget_release(&h->budget, s->stage->reserved) ;
  stage_end(s->stage) ;
  s->stage = 0 ;
}

void verbs_session_close (struct holder *h, struct session *s)
{
  verbs_session_end(h, s) ;
  if (s->watcher) watch_unsubscribe(&h->watch, s->watcher) ;
  s->watcher = 0 ;
}

int verbs_session_watch (struct holder *h, struct session *s, int channel, void *owner, char const *glob, int islost)
{
  struct watch_watcher *one = watch_subscribe(&h->watch, channel, glob, owner) ;
  if (!one) return 0 ;
  if (s->watcher)
  {
    islost |= watch_haslost(s->watcher) ;
    watch_unsubscribe(&h->watch, s->watcher) ;
  }
  s->watcher = one ;
  if (islost) watch_lose(one) ;
  return 1 ;
}
