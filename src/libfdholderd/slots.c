/* ISC license. */

#include <stdlib.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer.h"
#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/account.h"
#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/slots-internal.h"

#define slot_in_line(node) tree_owner(struct slot, line, (node))
#define slot_withheld(node) tree_owner(struct slot, withheld, (node))

int slots_init (struct slots *s, struct holder *h, struct loop *loop, uint32_t max, tain const *timeout)
{
  s->all = malloc(max * sizeof(struct slot *)) ;
  if (!s->all) return 0 ;
  s->holder = h ;
  s->loop = loop ;
  s->n = s->waiting = 0 ;
  s->max = max ;
  s->changes = 0 ;
  s->behind = tain_infinite ;
  s->isinheriting = 0 ;
  s->siege = tain_zero ;
  s->timeout = *timeout ;
  list_init(&s->dead) ;
  list_init(&s->withheld) ;
  for (unsigned int i = 0 ; i < SLOTS_ROOM ; i++) s->cells[i].account = 0 ;
  accounts_init(&h->accounts) ;
  watch_init(&h->watch, loop, &slots_wake, &slots_mayhear) ;
  changes_init(&h->changes) ;
  inspect_init(&h->inspect, &h->store, &slots_wake) ;
  return 1 ;
}

static void free_slot (struct slot *one, tain const *now)
{
  struct slots *s = one->slots ;
  struct account *a = one->peer->account ;
  list_remove(&one->line) ;
  peer_free(one->peer, now) ;
  account_subtract(a, held, 1) ;
  account_release(&s->holder->accounts, a) ;
  s->all[one->place] = s->all[--s->n] ;
  s->all[one->place]->place = one->place ;
  free(one) ;
}

void slots_free (struct slots *s)
{
  while (s->n)
  {
    slots_die(s->all[s->n - 1]) ;
    free_slot(s->all[s->n - 1], &tain_infinite) ;
  }
  slots_leave_all(s) ;
  free(s->all) ;
}

void slots_lameduck (struct slots *s, tain const *now)
{
  for (uint32_t i = 0 ; i < s->n ; i++)
  {
    peer_lameduck(s->all[i]->peer, now) ;
    slots_update(s->all[i], now) ;
  }
}

struct slot *slots_seat (struct slots *s, struct slots_waiting const *w, tain const *now)
{
  struct slot *one = malloc(sizeof(struct slot)) ;
  struct peer *p = one ? peer_new(s->holder, w->fd, &w->rights, w->pid, &s->timeout, now) : 0 ;
  if (!p)
  {
    free(one) ;
    return 0 ;
  }
  p->owner = one ;
  p->account = w->account ;
  account_add(w->account, held, 1) ;
  w->account->rule->admitted = *now ;
  one->slots = s ;
  one->peer = p ;
  one->place = s->n ;
  one->isinherited = w->isinherited ;
  list_init(&one->line) ;
  list_init(&one->withheld) ;
  loop_watch_init(&one->watch, &slots_ready, one) ;
  loop_timer_init(&one->timer, &slots_due, one) ;
  s->all[s->n++] = one ;
  return one ;
}

 /* It usually has sent its first request by now. */

static void admit (struct slots *s, struct slots_waiting *next, tain const *now)
{
  struct slots_waiting w = slots_leave_room(s, next) ;
  struct slot *one = slots_seat(s, &w, now) ;
  if (!one)
  {
    slots_turn_away(s, &w) ;
    return ;
  }
  peer_read(one->peer, now) ;
  slots_update(one, now) ;
}

static void sweep (struct slots *s, tain const *now)
{
  while (!list_isempty(&s->dead)) free_slot(slot_in_line(s->dead.next), now) ;
}

 /* Who was admitted may have had its last answer at once. */

static void fill (struct slots *s, tain const *now)
{
  sweep(s, now) ;
  while (s->waiting && s->n < s->max)
  {
    admit(s, slots_next_in_line(s), now) ;
    if (s->n == s->max) sweep(s, now) ;
  }
}

void slots_arrive (struct slots *s, int fd, struct rights const *rights, pid_t pid, tain const *now)
{
  struct slots_waiting w = { .rights = *rights, .account = account_get(&s->holder->accounts, rights->key, rights->uid), .since = *now, .pid = pid, .fd = fd, .isinherited = s->isinheriting } ;
  if (s->n == s->max) fill(s, now) ;
  if (!w.account || !slots_enter_room(s, &w, now))
  {
    slots_turn_away(s, &w) ;
    return ;
  }
  if (s->n < s->max) admit(s, slots_next_in_line(s), now) ;
}

static int displace_one (struct slots *s, tain const *now)
{
  tain when ;
  struct slot *one = slots_find_displaced(s, now, &when) ;
  if (!one || tain_less(now, &when)) return 0 ;
  peer_kill(one->peer, "displaced by another connection", now) ;
  slots_die(one) ;
  return 1 ;
}

 /* Those that are not read for want of room: it comes back when something was
    closed, or is no longer open. */

static uint64_t changes (struct slots const *s)
{
  return (uint64_t)s->holder->closer.heard << 32 | (uint32_t)fdtable_count(&s->holder->fdtable) ;
}

static void reconsider_withheld (struct slots *s, tain const *now)
{
  struct list old ;
  if (!slots_arewithheld(s) || changes(s) == s->changes) return ;
  s->changes = changes(s) ;
  list_hand_over(&s->withheld, &old) ;
  while (!list_isempty(&old)) slots_update(slot_withheld(old.next), now) ;
}

void slots_turn (struct slots *s, tain const *now)
{
  if (s->holder->isquiescing)
  {
    sweep(s, now) ;
    return ;
  }
  slots_notice_siege(s, now) ;
  reconsider_withheld(s, now) ;
  do fill(s, now) ;
  while (s->waiting && displace_one(s, now)) ;
  sweep(s, now) ;  /* those that were admitted and ended at once: nothing else may come for long */
  slots_tidy_room(s, now) ;
  slots_watch_room(s) ;
}

void slots_next (struct slots const *s, tain const *now, tain *when)
{
  tain t ;
  if (s->holder->isquiescing) return ;
  if (slots_arewithheld(s) && changes(s) != s->changes) clock_lower(when, now) ;
  if (!s->waiting) return ;
  if (!slots_iscrowded(s, now))
  {
    slots_crowded_from(s, &t) ;
    clock_lower(when, &t) ;
  }
  for (uint32_t i = 0 ; i < s->waiting ; i++)
    if (slots_is_hopeless(s, s->room[i], &t)) clock_lower(when, &t) ;
  if (slots_find_displaced(s, now, &t)) clock_lower(when, &t) ;
}
