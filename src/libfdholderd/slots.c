/* ISC license. */

 /* Longer than most: who waits and who is displaced is one decision, made of
    small functions that only make sense beside each other. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libfdholderd/account.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/slots.h"

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"

int slots_init (struct slots *s, struct holder *h, uint32_t max, tain const *timeout)
{
  s->peers = malloc(max * sizeof(struct peer *)) ;
  if (!s->peers) return 0 ;
  s->holder = h ;
  s->n = s->waiting = 0 ;
  s->max = max ;
  s->siege = tain_zero ;
  s->timeout = *timeout ;
  accounts_init(&h->accounts) ;
  return 1 ;
}

static void free_place (struct slots *s, struct peer *p, tain const *now)
{
  struct account *a = p->account ;
  peer_free(p, now) ;
  account_subtract(a, held, 1) ;
  account_release(&s->holder->accounts, a) ;
}

void slots_free (struct slots *s)
{
  while (s->n) free_place(s, s->peers[--s->n], &tain_infinite) ;
  slots_leave_all(s) ;
  free(s->peers) ;
}

static int is_over (tain const *since, unsigned int ms, tain const *now)
{
  tain end ;
  clock_after(&end, since, ms) ;
  return !tain_less(now, &end) ;
}

static int is_crowded (struct slots const *s, tain const *now)
{
  return tain_less(now, &s->siege) || (s->waiting && is_over(&s->room[0].since, SLOTS_CROWDED_MS, now)) ;
}

static void note_crowd (struct slots *s, tain const *now)
{
  if (s->waiting && is_over(&s->room[0].since, SLOTS_CROWDED_MS, now)) clock_after(&s->siege, now, SLOTS_SIEGE_MS) ;
}

int slots_isopen (struct slots const *s, tain const *now)
{
  return s->waiting < SLOTS_ROOM || is_crowded(s, now) ;
}

 /* Takes it out of the room, and leaves its socket and its account to the caller. */

static struct slots_waiting leave_room (struct slots *s, uint32_t i)
{
  struct slots_waiting w = s->room[i] ;
  memmove(s->room + i, s->room + i + 1, (--s->waiting - i) * sizeof(struct slots_waiting)) ;
  account_subtract(w.account, waiting, 1) ;
  return w ;
}

static void turn_away (struct slots *s, struct slots_waiting *w)
{
  policy_forget(&s->holder->policy, &w->rights) ;
  peer_turn_away(w->fd) ;
  fdtable_close_connection(&s->holder->fdtable, w->fd) ;
  if (w->account) account_release(&s->holder->accounts, w->account) ;
}

void slots_leave (struct slots *s, uint32_t i)
{
  struct slots_waiting w = leave_room(s, i) ;
  turn_away(s, &w) ;
}

void slots_leave_all (struct slots *s)
{
  while (s->waiting) slots_leave(s, s->waiting - 1) ;
}

 /* It usually has sent its first request by now. */

static void admit (struct slots *s, uint32_t i, tain const *now)
{
  struct slots_waiting w = leave_room(s, i) ;
  struct peer *p = peer_new(s->holder, w.fd, &w.rights, w.pid, &s->timeout, now) ;
  if (!p)
  {
    account_release(&s->holder->accounts, w.account) ;
    return ;
  }
  p->account = w.account ;
  account_add(w.account, held, 1) ;
  w.account->rule->admitted = *now ;
  s->peers[s->n++] = p ;
  peer_read(p, now) ;
}

static void sweep (struct slots *s, tain const *now)
{
  for (uint32_t i = 0 ; i < s->n ; )
    if (peer_isdead(s->peers[i]))
    {
      free_place(s, s->peers[i], now) ;
      s->peers[i] = s->peers[--s->n] ;
    }
    else i++ ;
}

 /* Who among the waiting has the least goes first, the oldest of them. */

static uint32_t next_in_line (struct slots const *s)
{
  uint32_t best = 0 ;
  for (uint32_t i = 1 ; i < s->waiting ; i++)
    if (account_isless(s->room[i].account, s->room[best].account)) best = i ;
  return best ;
}

 /* Sweeps and admits: who was admitted may have had its last answer at once. */

static void fill (struct slots *s, tain const *now)
{
  sweep(s, now) ;
  while (s->waiting && s->n < s->max)
  {
    admit(s, next_in_line(s), now) ;
    if (s->n == s->max) sweep(s, now) ;
  }
}

static void leave_youngest_of (struct slots *s, struct account const *a)
{
  uint32_t i = s->waiting ;
  while (i-- && s->room[i].account != a) ;
  slots_leave(s, i) ;
}

 /* A place for one more of that account, if need be that of one who has more. */

static int make_room (struct slots *s, struct account const *a, tain const *now)
{
  struct account *more ;
  if (s->waiting < SLOTS_ROOM && (a->rule->n.waiting < SLOTS_SHARE || !is_crowded(s, now))) return 1 ;
  more = account_more_waiting(&s->holder->accounts, a) ;
  if (!more) return 0 ;
  leave_youngest_of(s, more) ;
  return 1 ;
}

void slots_arrive (struct slots *s, int fd, struct rights const *rights, pid_t pid, tain const *now)
{
  struct slots_waiting w = { .rights = *rights, .account = account_get(&s->holder->accounts, rights->key, rights->uid), .since = *now, .pid = pid, .fd = fd } ;
  if (s->n == s->max) fill(s, now) ;
  if (!w.account || !make_room(s, w.account, now))
  {
    turn_away(s, &w) ;
    return ;
  }
  account_add(w.account, waiting, 1) ;
  s->room[s->waiting++] = w ;
  if (s->n < s->max) admit(s, next_in_line(s), now) ;
}

 /* The connection of an account that makes room before all others, whether
    or not it has been silent for long enough: idle before busy, then the
    one silent for longest; 0 if there is none. */

static struct peer *most_displaceable (struct slots const *s, struct account const *a, tain const *now)
{
  struct peer *best = 0 ;
  int bestrank = 0 ;
  for (uint32_t i = 0 ; i < s->n ; i++)
  {
    struct peer *p = s->peers[i] ;
    int rank ;
    if (p->account != a || peer_isdead(p) || p->state == PEER_STAGING) continue ;
    rank = !is_over(&p->active, SLOTS_SILENCE_MS, now) ? 1 : peer_isbusy(p) ? 2 : 3 ;
    if (rank > bestrank || (rank == bestrank && tain_less(&p->active, &best->active)))
    {
      best = p ;
      bestrank = rank ;
    }
  }
  return best ;
}

 /* Whom the next in line displaces, and when. Silence ends the protection,
    or the newcomer's patience: who is never silent would keep all others out. */

static struct peer *find_displaced (struct slots const *s, tain const *now, tain *when)
{
  struct slots_waiting const *w = s->room + next_in_line(s) ;
  struct account *busier = account_busier(&s->holder->accounts, w->account) ;
  struct peer *p = busier ? most_displaceable(s, busier, now) : 0 ;
  tain patience ;
  if (!p) return 0 ;
  clock_after(when, &p->active, SLOTS_SILENCE_MS) ;
  clock_after(&patience, &w->since, is_crowded(s, now) && busier->rule != w->account->rule ? 0 : SLOTS_PATIENCE_MS) ;
  if (tain_less(&patience, when)) *when = patience ;
  return p ;
}

static int displace_one (struct slots *s, tain const *now)
{
  tain when ;
  struct peer *p = find_displaced(s, now, &when) ;
  if (!p || tain_less(now, &when)) return 0 ;
  peer_kill(p, "displaced by a connection of another user", now) ;
  return 1 ;
}

 /* Nobody whom it could displace, nor has its rule got a slot: until when
    does it wait? That others of the account end puts off nothing for who is
    not of its rule. */

static int is_hopeless (struct slots const *s, struct slots_waiting const *w, tain *until)
{
  if (account_busier(&s->holder->accounts, w->account)) return 0 ;
  clock_after(until, tain_less(&w->since, &w->account->rule->admitted) ? &w->account->rule->admitted : &w->since, SLOTS_STALEMATE_MS) ;
  return 1 ;
}

static void clear_room (struct slots *s, tain const *now)
{
  tain until ;
  for (uint32_t i = s->waiting ; i-- ; )
    if (is_hopeless(s, s->room + i, &until) && !tain_less(now, &until))
    {
      struct complaint_account account ;
      complaint_account_uid(&account, s->room[i].rights.key, s->room[i].rights.uid) ;
      complaint_line(&s->holder->complaints, LOG_WARNING, "all places are taken", &account, now, account.user, ": all places are taken, most of them by its own rule: a connection that waited for one is closed (see -c)") ;
      slots_leave(s, i) ;
    }
}

 /* What a rule has above its share, the youngest of its busiest user first. */

static void trim_room (struct slots *s)
{
  for (uint32_t i = s->waiting ; i-- ; )
  {
    struct account const *a = s->room[i].account ;
    if (a->rule->n.waiting <= SLOTS_SHARE || account_more_waiting(&s->holder->accounts, a)) continue ;
    slots_leave(s, i) ;
    i = s->waiting ;
  }
}

void slots_turn (struct slots *s, tain const *now)
{
  note_crowd(s, now) ;
  do fill(s, now) ;
  while (s->waiting && displace_one(s, now)) ;
  clear_room(s, now) ;
  if (is_crowded(s, now)) trim_room(s) ;
}

static void lower (tain *when, tain const *t)
{
  if (tain_less(t, when)) *when = *t ;
}

void slots_next (struct slots const *s, tain const *now, tain *when)
{
  tain t ;
  if (!s->waiting) return ;
  if (!is_crowded(s, now))
  {
    clock_after(&t, &s->room[0].since, SLOTS_CROWDED_MS) ;
    lower(when, &t) ;
  }
  for (uint32_t i = 0 ; i < s->waiting ; i++)
    if (is_hopeless(s, s->room + i, &t)) lower(when, &t) ;
  if (find_displaced(s, now, &t)) lower(when, &t) ;
}
