/* ISC license. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/genalloc.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "fdtable.h"
#include "peer.h"
#include "policy.h"
#include "slots.h"

#include "libdaemon/complaint.h"

#define users(s) genalloc_s(struct slots_user, &(s)->users)
#define user_count(s) genalloc_len(struct slots_user, &(s)->users)

int slots_init (struct slots *s, struct holder *h, uint32_t max, tain const *timeout)
{
  static genalloc const zero = GENALLOC_ZERO ;
  s->peers = malloc(max * sizeof(struct peer *)) ;
  if (!s->peers) return 0 ;
  s->holder = h ;
  s->n = s->waiting = 0 ;
  s->isstuck = 0 ;
  s->max = max ;
  s->users = zero ;
  s->changed = tain_zero ;
  s->timeout = *timeout ;
  return 1 ;
}

void slots_free (struct slots *s)
{
  while (s->n) peer_free(s->peers[--s->n]) ;
  slots_leave_all(s) ;
  free(s->peers) ;
  genalloc_free(struct slots_user, &s->users) ;
}

static struct slots_user *find_user (struct slots const *s, uid_t uid)
{
  for (size_t i = 0 ; i < user_count(s) ; i++)
    if (users(s)[i].uid == uid) return users(s) + i ;
  return 0 ;
}

static uint32_t held_by (struct slots const *s, uid_t uid)
{
  struct slots_user const *u = find_user(s, uid) ;
  return u ? u->held : 0 ;
}

static uint32_t most_held (struct slots const *s)
{
  uint32_t most = 0 ;
  for (size_t i = 0 ; i < user_count(s) ; i++)
    if (users(s)[i].held > most) most = users(s)[i].held ;
  return most ;
}

static int count_in (struct slots *s, uid_t uid)
{
  struct slots_user fresh = { .uid = uid, .held = 1 } ;
  struct slots_user *u = find_user(s, uid) ;
  if (!u) return genalloc_append(struct slots_user, &s->users, &fresh) ;
  u->held++ ;
  return 1 ;
}

static void count_out (struct slots *s, uid_t uid)
{
  struct slots_user *u = find_user(s, uid) ;
  if (--u->held) return ;
  *u = users(s)[user_count(s) - 1] ;
  genalloc_setlen(struct slots_user, &s->users, user_count(s) - 1) ;
}

void slots_arrive (struct slots *s, int fd, struct rights const *rights, pid_t pid, tain const *now)
{
  struct slots_waiting *w = s->room + s->waiting ;
  if (!s->waiting++) s->changed = *now ;
  w->fd = fd ;
  w->pid = pid ;
  w->rights = *rights ;
}

 /* Takes it out of the room and leaves its socket to the caller. */

static struct slots_waiting leave_room (struct slots *s, uint32_t i)
{
  struct slots_waiting w = s->room[i] ;
  memmove(s->room + i, s->room + i + 1, (--s->waiting - i) * sizeof(struct slots_waiting)) ;
  return w ;
}

void slots_leave (struct slots *s, uint32_t i)
{
  struct slots_waiting w = leave_room(s, i) ;
  policy_forget(&s->holder->policy, &w.rights) ;
  peer_turn_away(w.fd) ;
  fdtable_close_connection(&s->holder->fdtable, w.fd) ;
}

void slots_leave_all (struct slots *s)
{
  while (s->waiting) slots_leave(s, s->waiting - 1) ;
}

 /* It usually has sent its first request by now. */

static void admit (struct slots *s, uint32_t i, tain const *now)
{
  struct slots_waiting w ;
  struct peer *p ;
  if (!count_in(s, s->room[i].rights.uid)) return slots_leave(s, i) ;
  w = leave_room(s, i) ;
  p = peer_new(s->holder, w.fd, &w.rights, w.pid, &s->timeout, now) ;
  if (!p) return count_out(s, w.rights.uid) ;
  s->peers[s->n++] = p ;
  s->changed = *now ;
  s->isstuck = 0 ;
  peer_read(p, now) ;
}

static void sweep (struct slots *s, tain const *now)
{
  for (uint32_t i = 0 ; i < s->n ; )
  {
    struct peer *p = s->peers[i] ;
    if (peer_isdead(p))
    {
      count_out(s, peer_uid(p)) ;
      peer_free(p) ;
      s->peers[i] = s->peers[--s->n] ;
      s->changed = *now ;
      s->isstuck = 0 ;
    }
    else i++ ;
  }
}

 /* Who among the waiting holds the least goes first, the oldest of them. */

static uint32_t next_in_line (struct slots const *s)
{
  uint32_t best = 0 ;
  for (uint32_t i = 1 ; i < s->waiting ; i++)
    if (held_by(s, s->room[i].rights.uid) < held_by(s, s->room[best].rights.uid)) best = i ;
  return best ;
}

static void silence_ends (struct peer const *p, tain *when)
{
  tain silence ;
  tain_from_millisecs(&silence, SLOTS_SILENCE_MS) ;
  tain_add(when, &p->active, &silence) ;
}

 /* The connection that a newcomer would displace before all others, whether
    or not it has been silent for long enough: idle before busy, then the
    one silent for longest; 0 if there is none. */

static struct peer *most_displaceable (struct slots const *s, tain const *now)
{
  uint32_t most = most_held(s) ;
  struct peer *best = 0 ;
  int bestrank = 0 ;
  for (uint32_t i = 0 ; i < s->n ; i++)
  {
    struct peer *p = s->peers[i] ;
    tain silent ;
    int rank ;
    if (peer_isdead(p) || p->state == PEER_STAGING || held_by(s, peer_uid(p)) < most) continue ;
    silence_ends(p, &silent) ;
    rank = tain_less(now, &silent) ? 1 : peer_isbusy(p) ? 2 : 3 ;
    if (rank > bestrank || (rank == bestrank && tain_less(&p->active, &best->active)))
    {
      best = p ;
      bestrank = rank ;
    }
  }
  return best ;
}

static int is_stalemate (struct slots const *s, tain const *now)
{
  tain end ;
  tain_addsec(&end, &s->changed, SLOTS_STALEMATE_MS / 1000) ;
  return !tain_less(now, &end) ;
}

 /* Silence protects, but not for ever: who is never silent would keep all
    others out. */

static int displace_one (struct slots *s, tain const *now)
{
  struct peer *p ;
  tain silent ;
  if (held_by(s, s->room[next_in_line(s)].rights.uid) >= most_held(s)) return 0 ;
  p = most_displaceable(s, now) ;
  if (!p) return 0 ;
  silence_ends(p, &silent) ;
  if (tain_less(now, &silent) && !is_stalemate(s, now)) return 0 ;
  peer_kill(p, "displaced by a connection of another user", now) ;
  return 1 ;
}

static void clear_room (struct slots *s, tain const *now)
{
  uint32_t most = most_held(s) ;
  uint32_t before = s->waiting ;
  for (uint32_t i = s->waiting ; i-- ; )
    if (held_by(s, s->room[i].rights.uid) == most) slots_leave(s, i) ;
  s->changed = *now ;
  if (s->waiting == before) return ;
  if (!s->isstuck) complaint_line(&s->holder->complaints, LOG_WARNING, "no connection has ended for a second", 0, now, "no connection has ended for a second: those of the busiest user that wait for a place are closed (see -c)") ;
  s->isstuck = 1 ;
}

void slots_turn (struct slots *s, tain const *now)
{
  do
  {
    sweep(s, now) ;
    while (s->waiting && s->n < s->max) admit(s, next_in_line(s), now) ;
    sweep(s, now) ;  /* who was admitted may have had its last answer at once */
  }
  while (s->waiting && (s->n < s->max || displace_one(s, now))) ;
  if (s->waiting && (is_stalemate(s, now) || (s->isstuck && slots_isfull(s)))) clear_room(s, now) ;
}

void slots_next (struct slots const *s, tain const *now, tain *when)
{
  tain t ;
  struct peer const *p ;
  if (!s->waiting) return ;
  tain_addsec(&t, &s->changed, SLOTS_STALEMATE_MS / 1000) ;
  if (tain_less(&t, when)) *when = t ;
  if (held_by(s, s->room[next_in_line(s)].rights.uid) >= most_held(s)) return ;
  p = most_displaceable(s, now) ;
  if (!p) return ;
  silence_ends(p, &t) ;
  if (tain_less(&t, when)) *when = t ;
}
