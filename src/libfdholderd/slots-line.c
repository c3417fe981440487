/* ISC license. */

 /* The line of an account: whose connection makes room, before all others. */

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/list.h"
#include "libfdholderd/account.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/slots-internal.h"
#include "libfdholderd/verbs.h"

#define slot_of(node) tree_owner(struct slot, line, (node))

 /* One that waits and does not read its answers is busy, too. */

static struct list *line_of (struct account *a, struct peer const *p)
{
  if (peer_isbusy(p)) return &a->busy ;
  return peer_iswaiting(p) || peer_iswatching(p) ? &a->patient : &a->idle ;
}

 /* Nearly always the last one: it was heard just now. A dump that was admitted
    is in no line. */

void slots_line_up (struct slot *s)
{
  struct account *a = s->peer->account ;
  struct list *line = line_of(a, s->peer) ;
  struct list *after = line->prev ;
  list_remove(&s->line) ;
  if (verbs_phase(&s->peer->session) == PHASE_DUMP) return ;
  if (after == &s->line) after = line->prev ;
  while (after != line && tain_less(&s->peer->active, &slot_of(after)->peer->active)) after = after->prev ;
  list_insert_after(after, &s->line) ;
}

static struct slot *first (struct list const *line)
{
  return list_isempty(line) ? 0 : slot_of(line->next) ;
}

static struct slot *first_idle (struct account const *a)
{
  struct slot *idle = first(&a->idle) ;
  struct slot *patient = first(&a->patient) ;
  if (!idle || !patient) return idle ? idle : patient ;
  return tain_less(&patient->peer->active, &idle->peer->active) ? patient : idle ;
}

 /* Idle before busy, if it has been silent for long enough, then the one that
    has been silent for longest. */

static struct slot *most_displaceable (struct account const *a, tain const *now)
{
  struct slot *idle = first_idle(a) ;
  struct slot *busy = first(&a->busy) ;
  if (!idle || !busy) return idle ? idle : busy ;
  if (slots_is_over(&idle->peer->active, SLOTS_SILENCE_MS, now)) return idle ;
  return tain_less(&idle->peer->active, &busy->peer->active) ? idle : busy ;
}

 /* Where nobody has more than the newcomer, one that waits or watches makes room
    all the same: it may wait for what the newcomer brings, and can come again.
    Silence ends the protection, or the newcomer's patience: who is never
    silent would keep all others out. */

struct slot *slots_find_displaced (struct slots const *s, tain const *now, tain *when)
{
  struct slots_waiting const *w = slots_next_in_line(s) ;
  struct account *busier = account_busier(&s->holder->accounts, w->account) ;
  struct slot *one = busier ? most_displaceable(busier, now) : first(&w->account->patient) ;
  tain patience ;
  if (!one) return 0 ;
  clock_after(when, &one->peer->active, SLOTS_SILENCE_MS) ;
  clock_after(&patience, &w->since, slots_iscrowded(s, now) && one->peer->account->rule != w->account->rule ? 0 : SLOTS_PATIENCE_MS) ;
  clock_lower(when, &patience) ;
  return one ;
}
