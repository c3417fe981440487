/* ISC license. */

#include <poll.h>
#include <stdlib.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer.h"
#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/account.h"
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
  s->siege = tain_zero ;
  s->timeout = *timeout ;
  list_init(&s->dead) ;
  list_init(&s->withheld) ;
  for (unsigned int i = 0 ; i < SLOTS_ROOM ; i++) s->cells[i].account = 0 ;
  accounts_init(&h->accounts) ;
  watch_init(&h->watch, &slots_wake) ;
  return 1 ;
}

 /* It is told of no more from now on, and freed at the end of the turn. */

static void die (struct slot *one)
{
  if (peer_isclosedalone(one->peer)) loop_watch_forget(one->slots->loop, &one->watch) ;
  else loop_watch_stop(one->slots->loop, &one->watch) ;
  loop_timer_clear(one->slots->loop, &one->timer) ;
  list_remove(&one->withheld) ;
  list_remove(&one->line) ;
  list_append(&one->slots->dead, &one->line) ;
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
    die(s->all[s->n - 1]) ;
    free_slot(s->all[s->n - 1], &tain_infinite) ;
  }
  slots_leave_all(s) ;
  free(s->all) ;
}

static unsigned int wanted_of (short events)
{
  return (events & POLLIN ? LOOP_READ : 0) | (events & POLLOUT ? LOOP_WRITE : 0) ;
}

static int watch (struct slot *one, unsigned int wanted)
{
  struct loop *loop = one->slots->loop ;
  if (loop_watch_isstarted(&one->watch)) return loop_watch_change(loop, &one->watch, wanted) ;
  return loop_watch_start(loop, &one->watch, one->peer->fd, wanted) ;
}

 /* After all that may have changed a peer: what it waits for, until when, and
    where it stands. */

static void update (struct slot *one, tain const *now)
{
  struct peer *p = one->peer ;
  short events = peer_isdead(p) ? 0 : peer_events(p) ;
  tain when = tain_infinite ;
  if (!peer_isdead(p) && !watch(one, wanted_of(events))) peer_kill(p, "unable to wait for it: closed", now) ;
  if (peer_isdead(p))
  {
    die(one) ;
    return ;
  }
  peer_next(p, &when) ;
  loop_timer_set(one->slots->loop, &one->timer, &when) ;
  slots_line_up(one) ;
  list_remove(&one->withheld) ;
  if (peer_mayjudge(p) && !(events & POLLIN)) list_append(&one->slots->withheld, &one->withheld) ;
}

void slots_ready (void *data, unsigned int events, tain const *now)
{
  struct slot *one = data ;
  if (events == LOOP_WRITE) peer_write(one->peer, now) ;
  else if (one->watch.wanted & LOOP_READ) peer_read(one->peer, now) ;
  else peer_hangup(one->peer, now) ;
  update(one, now) ;
}

void slots_due (void *data, tain const *now)
{
  struct slot *one = data ;
  peer_tick(one->peer, now) ;
  update(one, now) ;
}

void slots_wake (void *data, tain const *now)
{
  struct slot *one = data ;
  peer_resume(one->peer, now) ;
  update(one, now) ;
}

void slots_lameduck (struct slots *s, tain const *now)
{
  for (uint32_t i = 0 ; i < s->n ; i++)
  {
    peer_lameduck(s->all[i]->peer, now) ;
    update(s->all[i], now) ;
  }
}

 /* It usually has sent its first request by now. */

static void admit (struct slots *s, struct slots_waiting *next, tain const *now)
{
  struct slots_waiting w = slots_leave_room(s, next) ;
  struct slot *one = malloc(sizeof(struct slot)) ;
  struct peer *p = one ? peer_new(s->holder, w.fd, &w.rights, w.pid, &s->timeout, now) : 0 ;
  if (!p)
  {
    if (one) account_release(&s->holder->accounts, w.account) ;
    else slots_turn_away(s, &w) ;
    free(one) ;
    return ;
  }
  p->owner = one ;
  p->account = w.account ;
  account_add(w.account, held, 1) ;
  w.account->rule->admitted = *now ;
  one->slots = s ;
  one->peer = p ;
  one->place = s->n ;
  list_init(&one->line) ;
  list_init(&one->withheld) ;
  loop_watch_init(&one->watch, &slots_ready, one) ;
  loop_timer_init(&one->timer, &slots_due, one) ;
  s->all[s->n++] = one ;
  peer_read(p, now) ;
  update(one, now) ;
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
  struct slots_waiting w = { .rights = *rights, .account = account_get(&s->holder->accounts, rights->key, rights->uid), .since = *now, .pid = pid, .fd = fd } ;
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
  die(one) ;
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
  while (!list_isempty(&old)) update(slot_withheld(old.next), now) ;
}

void slots_turn (struct slots *s, tain const *now)
{
  if (s->waiting && slots_is_over(&s->room[0]->since, SLOTS_CROWDED_MS, now)) clock_after(&s->siege, now, SLOTS_SIEGE_MS) ;
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
  if (slots_arewithheld(s) && changes(s) != s->changes) clock_lower(when, now) ;
  if (!s->waiting) return ;
  if (!slots_iscrowded(s, now))
  {
    clock_after(&t, &s->room[0]->since, SLOTS_CROWDED_MS) ;
    clock_lower(when, &t) ;
  }
  for (uint32_t i = 0 ; i < s->waiting ; i++)
    if (slots_is_hopeless(s, s->room[i], &t)) clock_lower(when, &t) ;
  if (slots_find_displaced(s, now, &t)) clock_lower(when, &t) ;
}
