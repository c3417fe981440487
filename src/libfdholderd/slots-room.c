/* ISC license. */

 /* The room: who waits in it, and until when. */

#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/list.h"
#include "libdaemon/loop.h"
#include "libfdholderd/account.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/slots-internal.h"

int slots_is_over (tain const *since, unsigned int milliseconds, tain const *now)
{
  tain end ;
  clock_after(&end, since, milliseconds) ;
  return !tain_less(now, &end) ;
}

void slots_crowded_from (struct slots const *s, tain *when)
{
  tain t ;
  clock_after(when, &s->room[0]->since, SLOTS_CROWDED_MS) ;
  if (!slots_arebehind(s)) return ;
  clock_after(&t, &s->behind, account_most_users(&s->holder->accounts) < SLOTS_CROWD ? SLOTS_BEHIND_MS : SLOTS_CROWDED_MS) ;
  clock_lower(when, &t) ;
}

 /* Those who come and go all the time keep nobody waiting in it for long, and
    hold up those behind it all the same. */

static int has_waited_long (struct slots const *s, tain const *now)
{
  tain when ;
  if (!s->waiting) return 0 ;
  slots_crowded_from(s, &when) ;
  return !tain_less(now, &when) ;
}

int slots_iscrowded (struct slots const *s, tain const *now)
{
  return tain_less(now, &s->siege) || has_waited_long(s, now) ;
}

void slots_relieve (struct slots *s)
{
  s->behind = tain_infinite ;
}

void slots_notice_siege (struct slots *s, tain const *now)
{
  if (!slots_isopen(s, now)) clock_lower(&s->behind, now) ;
  if (has_waited_long(s, now)) clock_after(&s->siege, now, SLOTS_SIEGE_MS) ;
}

int slots_isopen (struct slots const *s, tain const *now)
{
  return s->waiting < SLOTS_ROOM || slots_iscrowded(s, now) ;
}

 /* Who among the waiting has the least goes first, the oldest of them. */

struct slots_waiting *slots_next_in_line (struct slots const *s)
{
  struct slots_waiting *best = s->room[0] ;
  for (uint32_t i = 1 ; i < s->waiting ; i++)
    if (account_isless(s->room[i]->account, best->account)) best = s->room[i] ;
  return best ;
}

struct slots_waiting slots_leave_room (struct slots *s, struct slots_waiting *w)
{
  struct slots_waiting gone = *w ;
  uint32_t i = 0 ;
  while (s->room[i] != w) i++ ;
  memmove(s->room + i, s->room + i + 1, (--s->waiting - i) * sizeof(struct slots_waiting *)) ;
  loop_watch_stop(s->loop, &w->watch) ;
  w->account = 0 ;
  account_subtract(gone.account, waiting, 1) ;
  return gone ;
}

void slots_turn_away (struct slots *s, struct slots_waiting *w)
{
  policy_forget(&s->holder->policy, &w->rights) ;
  peer_turn_away(w->fd) ;
  fdtable_close_connection(&s->holder->fdtable, w->fd) ;
  if (w->account) account_release(&s->holder->accounts, w->account) ;
}

static void leave (struct slots *s, struct slots_waiting *w)
{
  struct slots_waiting gone = slots_leave_room(s, w) ;
  slots_turn_away(s, &gone) ;
}

void slots_leave_all (struct slots *s)
{
  while (s->waiting) leave(s, s->room[s->waiting - 1]) ;
}

 /* It has hung up. */

static void on_hangup (void *data, unsigned int events, tain const *now)
{
  struct slots_waiting *w = data ;
  (void)events ;
  (void)now ;
  leave(w->slots, w) ;
}

static void leave_youngest_of (struct slots *s, struct account const *a)
{
  uint32_t i = s->waiting ;
  while (i-- && s->room[i]->account != a) ;
  leave(s, s->room[i]) ;
}

 /* A place for one more of that account, if need be that of one who has more. */

static int make_room (struct slots *s, struct account const *a, tain const *now)
{
  struct account *more ;
  if (s->waiting < SLOTS_ROOM && (a->rule->n.waiting < SLOTS_SHARE || !slots_iscrowded(s, now))) return 1 ;
  more = account_more_waiting(&s->holder->accounts, a) ;
  if (!more) return 0 ;
  leave_youngest_of(s, more) ;
  return 1 ;
}

int slots_enter_room (struct slots *s, struct slots_waiting const *w, tain const *now)
{
  struct slots_waiting *cell = s->cells ;
  if (!make_room(s, w->account, now)) return 0 ;
  while (cell->account) cell++ ;
  *cell = *w ;
  cell->slots = s ;
  loop_watch_init(&cell->watch, &on_hangup, cell) ;
  account_add(w->account, waiting, 1) ;
  s->room[s->waiting++] = cell ;
  return 1 ;
}

 /* Where that fails, nothing is lost: who has hung up is found when it gets a slot. */

void slots_watch_room (struct slots *s)
{
  for (uint32_t i = 0 ; i < s->waiting ; i++)
    if (!loop_watch_isstarted(&s->room[i]->watch)) loop_watch_start(s->loop, &s->room[i]->watch, s->room[i]->fd, 0) ;
}

 /* That others of the account end puts off nothing for who is not of its rule. */

int slots_is_hopeless (struct slots const *s, struct slots_waiting const *w, tain *until)
{
  if (account_busier(&s->holder->accounts, w->account) || !list_isempty(&w->account->patient)) return 0 ;
  clock_after(until, tain_less(&w->since, &w->account->rule->admitted) ? &w->account->rule->admitted : &w->since, SLOTS_STALEMATE_MS) ;
  return 1 ;
}

static void clear (struct slots *s, tain const *now)
{
  tain until ;
  for (uint32_t i = s->waiting ; i-- ; )
    if (slots_is_hopeless(s, s->room[i], &until) && !tain_less(now, &until))
    {
      struct complaint_account account ;
      complaint_account_uid(&account, s->room[i]->rights.key, s->room[i]->rights.uid) ;
      complaint_line(&s->holder->complaints, LOG_WARNING, "all places are taken", &account, now, account.user, ": all places are taken, most of them by its own rule: a connection that waited for one is closed (see -c)") ;
      leave(s, s->room[i]) ;
    }
}

 /* What a rule has above its share, the youngest of its busiest user first. */

static void trim (struct slots *s)
{
  for (uint32_t i = s->waiting ; i-- ; )
  {
    struct account const *a = s->room[i]->account ;
    if (a->rule->n.waiting <= SLOTS_SHARE || account_more_waiting(&s->holder->accounts, a)) continue ;
    leave(s, s->room[i]) ;
    i = s->waiting ;
  }
}

void slots_tidy_room (struct slots *s, tain const *now)
{
  clear(s, now) ;
  if (slots_iscrowded(s, now)) trim(s) ;
}
