/* ISC license. */

 /* Our side of the helpers: when they are given what, who is stuck. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer-internal.h"

enum
{
  CLOSER_WAIT_MS = 20,  /* for one call of closer_settle */
  CLOSER_AGAIN_MS = 1000
} ;

void closer_close (struct closer *c, int fd, struct closer_lane *lane, void *owner)
{
  int e = errno ;
  if (!c->hashelpers || !closer_queue(c, fd, lane, owner))
  {
    closer_close_here(fd) ;
    if (owner) (*c->done)(c->data, owner) ;
  }
  errno = e ;
}

void closer_wake (struct closer const *c)
{
  char bytes[CLOSER_BATCH] ;
  while (read(c->report[0], bytes, sizeof(bytes)) == sizeof(bytes)) ;
}

 /* What helpers have closed before they saw that we wait, we see. */

static void await (struct closer *c, int isawaited)
{
  if (c->shared->isawaited == (uint32_t)isawaited) return ;
  __atomic_store_n(&c->shared->isawaited, (uint32_t)isawaited, __ATOMIC_SEQ_CST) ;
  if (isawaited) closer_hear(c) ;
  else closer_wake(c) ;
}

 /* The helper may be taking a nap. */

static void wait_for_reports (struct closer *c, uint32_t pending, struct timespec const *begin)
{
  await(c, 1) ;
  closer_hasten(c->shared) ;
  while (closer_pending(c) > pending && closer_microseconds_since(begin) < CLOSER_WAIT_MS * 1000)
  {
    struct pollfd x = { .fd = c->report[0], .events = POLLIN } ;
    if (poll(&x, 1, 1) > 0) closer_wake(c) ;
    closer_hear(c) ;
    closer_give(c) ;
  }
  await(c, 0) ;
}

void closer_settle (struct closer *c, uint32_t pending)
{
  int e = errno ;
  struct timespec begin ;
  if (closer_pending(c) <= pending) return ;
  closer_hear(c) ;
  closer_give(c) ;
  clock_gettime(CLOCK_MONOTONIC, &begin) ;
  if (begin.tv_sec != c->second)
  {
    c->second = begin.tv_sec ;
    c->waited = 0 ;
  }
  if (c->waited < CLOSER_SETTLE_MS * 1000 && c->heard != c->invain)
  {
    wait_for_reports(c, pending, &begin) ;
    c->waited += closer_microseconds_since(&begin) ;
    c->invain = closer_pending(c) > pending ? c->heard : c->heard - 1 ;
  }
  errno = e ;
}

int closer_reports (struct closer const *c)
{
  return c->hashelpers ? c->report[0] : -1 ;
}

int closer_isawaited (struct closer const *c)
{
  return c->shared && c->shared->isawaited ;
}

void closer_next (struct closer const *c, tain *when)
{
  if (!c->hashelpers) return ;
  clock_lower(when, &c->late) ;
}

static uint32_t closed_by_active (struct closer const *c)
{
  return __atomic_load_n(c->shared->closed + c->shared->active, __ATOMIC_SEQ_CST) ;
}

 /* Whoever is not the active one will do nothing else than what it is at. One
    may have taken another ticket while it was replaced. */

static void mark_others (struct closer *c)
{
  for (uint32_t i = 1 ; i < CLOSER_HELPERS ; i++)
  {
    uint32_t ticket = c->helpers[i] && i != c->shared->active ? __atomic_load_n(c->shared->taken + i, __ATOMIC_SEQ_CST) : 0 ;
    if (ticket) closer_mark_stuck(c, ticket) ;
  }
}

 /* What is behind the active helper goes to another one. Where there are too
    many already, everything waits. */

static int replace_active (struct closer *c)
{
  uint32_t i = 1 ;
  while (i < CLOSER_HELPERS && (c->helpers[i] || i == c->shared->active)) i++ ;
  if (i == CLOSER_HELPERS) return 0 ;
  __atomic_store_n(&c->shared->active, i, __ATOMIC_SEQ_CST) ;
  closer_recall(c) ;
  c->tried-- ;  /* there is something to give */
  return 1 ;
}

 /* One that has done nothing, but is at nothing either, has not had the
    processor yet. */

static void be_late (struct closer *c, tain const *now)
{
  uint32_t ticket = __atomic_load_n(c->shared->taken + c->shared->active, __ATOMIC_SEQ_CST) ;
  int isstuck = ticket && c->helpers[c->shared->active] && closed_by_active(c) == c->mark ;
  int isdone = !isstuck || replace_active(c) ;
  mark_others(c) ;
  c->late = tain_infinite ;
  if (!closer_make_one(c, 0) || !closer_make_one(c, c->shared->active) || !isdone) clock_after(&c->late, now, CLOSER_AGAIN_MS) ;
}

 /* A deadline that is not needed costs a timer in each turn. */

static void watch_active (struct closer *c, tain const *now)
{
  if (c->given > c->stuck)
  {
    if (tain_less(&c->late, &tain_infinite)) return ;
    c->mark = closed_by_active(c) ;
    clock_after(&c->late, now, CLOSER_LATE_MS) ;
  }
  else if (c->helpers[0] && c->helpers[c->shared->active]) c->late = tain_infinite ;
}

void closer_turn (struct closer *c, tain const *now, int iswanted)
{
  int islate ;
  if (!c->hashelpers) return ;
  islate = !tain_less(now, &c->late) ;
  if (!islate && !closer_pending(c) && !c->shared->isawaited) return ;
  closer_hear(c) ;
  if (islate) be_late(c, now) ;
  if (c->queued && c->asked + c->heard != c->tried) closer_give(c) ;
  if (c->given - c->stuck >= CLOSER_MANY) closer_hasten(c->shared) ;
  watch_active(c, now) ;
  await(c, iswanted || c->queued) ;
}

 /* What it was at is closed, or never will be: nobody knows, and so nobody may
    close it again. */

static void bury (struct closer *c, unsigned int i)
{
  uint32_t ticket = c->shared->taken[i] ;
  c->helpers[i] = 0 ;
  c->shared->taken[i] = 0 ;
  if (ticket)
  {
    c->shared->own[c->ownsize + ticket - 1] = 1 ;
    c->shared->closed[i]++ ;
  }
  if (!i || i == c->shared->active) c->late = tain_zero ;
}

 /* What was on the way to the process for connections is on no way now, unless
    another one is made: where there are no helpers nobody else could close it. */

static void mourn (struct closer *c)
{
  c->burier = 0 ;
  if (!c->hashelpers) return ;
  close(c->burial[1]) ;
  closer_close(c, c->burial[0], 0, 0) ;
}

 /* Somebody else may have waited for it: then it is nobody's child. */

static int has_died (pid_t pid)
{
  return pid && waitpid(pid, 0, WNOHANG) ;
}

void closer_reap (struct closer *c)
{
  if (has_died(c->burier)) mourn(c) ;
  for (unsigned int i = 0 ; i < CLOSER_HELPERS ; i++)
    if (has_died(c->helpers[i])) bury(c, i) ;
}
