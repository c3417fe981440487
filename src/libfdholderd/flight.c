/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#include <skalibs/tai.h>

#include "libfdholderd/account.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"

#include "libdaemon/clock.h"

void flight_init (struct flight *f, uint64_t max)
{
  f->exposed = 0 ;
  f->max = max ;
  f->graves = 0 ;
  f->sweep = tain_infinite ;
}

static void enter (struct flight *f, struct flight_one *one)
{
  one->next = f->exposed ;
  if (one->next) one->next->link = &one->next ;
  one->link = &f->exposed ;
  f->exposed = one ;
}

static void leave (struct flight_one *one)
{
  *one->link = one->next ;
  if (one->next) one->next->link = one->link ;
}

 /* Has everything been read, or is nobody there to read it? This takes no
    lock, unlike most that can be asked of a socket. */

static int is_read (struct flight_one const *one)
{
#ifdef SIOCOUTQ
  int n ;
  return ioctl(one->fd, SIOCOUTQ, &n) == 0 && !n ;
#else
  (void)one ;
  return 1 ;
#endif
}

static void forget (struct flight_one *one)
{
  account_subtract(one->account, unread, one->unread) ;
  account_subtract(one->account, exposed, 1) ;
  one->unread = 0 ;
}

 /* Graves stay until they are swept. */

static void refresh (struct flight *f)
{
  struct flight_one *next ;
  for (struct flight_one *one = f->exposed ; one ; one = next)
  {
    next = one->next ;
    if (!one->unread || !is_read(one)) continue ;
    forget(one) ;
    if (!one->isgrave) leave(one) ;
  }
}

static uint32_t left (uint64_t limit, uint64_t used)
{
  uint64_t n = limit > used ? limit - used : 0 ;
  return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX ;
}

 /* Who has nothing unread may have a message, if that is within half of all:
    so another user of his rule does not starve him. */

static uint32_t compute (struct flight const *f, struct flight_one const *one, struct account const *a)
{
  uint32_t user = left(f->max / 8, a->n.unread) ;
  uint32_t rule = left(a->n.unread ? f->max / 4 : f->max / 2, a->rule->n.unread) ;
  if (!one->unread && (a->n.exposed >= FLIGHT_USER_CONNECTIONS || a->rule->n.exposed >= FLIGHT_RULE_CONNECTIONS)) return 0 ;
  if (!a->rule->n.unread) return rule > FLIGHT_MESSAGE ? rule : FLIGHT_MESSAGE ;
  if (!a->n.unread) return rule ;
  return user < rule ? user : rule ;
}

uint32_t flight_allowance (struct flight *f, struct flight_one const *one, struct account const *a, uint32_t wanted)
{
  uint32_t n ;
  if (!f->max || !a) return UINT32_MAX ;
  if (!wanted) return 0 ;
  n = compute(f, one, a) ;
  if (n >= wanted) return n ;
  refresh(f) ;
  return compute(f, one, a) ;
}

void flight_count (struct flight *f, struct flight_one *one, struct account *a, int fd, uint32_t n)
{
  if (!f->max || !a || !n) return ;
  if (!one->unread)
  {
    one->account = a ;
    one->fd = fd ;
    account_add(a, exposed, 1) ;
    enter(f, one) ;
  }
  one->unread += n ;
  account_add(a, unread, n) ;
}

static void plan_sweep (struct flight *f, tain const *now)
{
  clock_after(&f->sweep, now, FLIGHT_SWEEP_MS) ;
}

int flight_bury (struct flight *f, struct flight_one *one, tain const *now)
{
  struct flight_one *grave ;
  if (!one->unread) return 0 ;
  leave(one) ;
  grave = f->graves < FLIGHT_GRAVES && !is_read(one) ? malloc(sizeof(*grave)) : 0 ;
  if (!grave)
  {
    forget(one) ;
    return 0 ;
  }
  *grave = *one ;
  grave->isgrave = 1 ;
  grave->account->references++ ;
  one->unread = 0 ;
  enter(f, grave) ;
  shutdown(grave->fd, SHUT_RDWR) ;
  if (!f->graves++) plan_sweep(f, now) ;
  return 1 ;
}

void flight_sweep (struct flight *f, struct accounts *accounts, struct fdtable *t, tain const *now)
{
  struct flight_one *next ;
  if (tain_less(now, &f->sweep)) return ;
  refresh(f) ;
  for (struct flight_one *one = f->exposed ; one ; one = next)
  {
    next = one->next ;
    if (!one->isgrave || one->unread) continue ;
    leave(one) ;
    fdtable_close_connection(t, one->fd) ;
    account_release(accounts, one->account) ;
    free(one) ;
    f->graves-- ;
  }
  if (f->graves) plan_sweep(f, now) ;
  else f->sweep = tain_infinite ;
}

void flight_next (struct flight const *f, tain *when)
{
  clock_lower(when, &f->sweep) ;
}
