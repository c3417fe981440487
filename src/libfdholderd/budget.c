/* ISC license. */

#include <sys/resource.h>

#include <skalibs/types.h>

#include "libfdholderd/budget.h"

#define need(maxconn, maxfds) (BUDGET_BASE + BUDGET_TRANSIENT + BUDGET_CLOSING + BUDGET_UNREAD + (uint64_t)(maxfds) + BUDGET_PER_CONNECTION * (uint64_t)(maxconn))

void budget_fit (struct budget *b, uint32_t maxconn, uint32_t maxfds, uint64_t hardlimit)
{
  uint32_t askedconn = maxconn ? maxconn : BUDGET_MAXCONN_DEFAULT ;
  uint32_t floor = askedconn < BUDGET_MAXCONN_FLOOR ? askedconn : BUDGET_MAXCONN_FLOOR ;
  uint64_t wanted = need(askedconn, maxfds ? maxfds : 1) ;
  b->maxconn = askedconn ;
  if (wanted > hardlimit)
  {
    uint64_t over = (wanted - hardlimit + BUDGET_PER_CONNECTION - 1) / BUDGET_PER_CONNECTION ;
    b->maxconn = over < askedconn - floor ? askedconn - (uint32_t)over : floor ;
  }
  if (hardlimit <= need(b->maxconn, 0)) b->maxfds = 0 ;
  else
  {
    uint64_t left = hardlimit - need(b->maxconn, 0) ;
    uint32_t asked = maxfds ? maxfds : BUDGET_MAXFDS_DEFAULT_MAX ;
    if (!maxfds && left > 2 * BUDGET_SPARE) left -= BUDGET_SPARE ;
    b->maxfds = left < asked ? (uint32_t)left : asked ;
  }
  b->need = need(b->maxconn, b->maxfds) ;
  b->limit = (uint64_t)b->maxfds + b->maxconn ;  /* of the two in flight, this one may stay in an answer */
  b->reserved = 0 ;
  b->wanted = wanted ;
}

static void warn_cut (struct log *log, char const *what, char const *option, uint32_t is, uint64_t wanted)
{
  char fmtis[UINT32_FMT] ;
  char fmtneed[UINT64_FMT] ;
  fmtis[uint32_fmt(fmtis, is)] = 0 ;
  fmtneed[uint64_fmt(fmtneed, wanted)] = 0 ;
  log_line(log, LOG_WARNING, what, " (", option, ") cut down to ", fmtis, " by the limit on open files: raise the hard limit (ulimit -Hn) to ", fmtneed, " or more") ;
}

int budget_init (struct budget *b, uint32_t maxconn, uint32_t maxfds, struct log *log)
{
  struct rlimit rl ;
  if (getrlimit(RLIMIT_NOFILE, &rl) == -1) return 0 ;
  budget_fit(b, maxconn, maxfds, rl.rlim_max == RLIM_INFINITY ? UINT64_MAX : rl.rlim_max) ;
  if (b->maxconn < (maxconn ? maxconn : BUDGET_MAXCONN_DEFAULT)) warn_cut(log, "simultaneous connections", "-c", b->maxconn, b->wanted) ;
  if (b->maxfds && b->maxfds < maxfds) warn_cut(log, "held descriptors", "-n", b->maxfds, b->wanted) ;
  if (rl.rlim_cur == RLIM_INFINITY) return 1 ;
  if (rl.rlim_cur < b->need + BUDGET_STUCK)
  {
    rl.rlim_cur = b->need + BUDGET_STUCK < rl.rlim_max ? b->need + BUDGET_STUCK : rl.rlim_max ;
    if (setrlimit(RLIMIT_NOFILE, &rl) == -1) return 0 ;
  }
  if (rl.rlim_cur > b->need) b->limit += rl.rlim_cur - b->need ;
  return 1 ;
}

int budget_isexceeded (struct budget const *b, uint64_t open)
{
  return open + b->reserved > b->limit ;
}

int budget_reserve (struct budget *b, uint64_t open, uint64_t wanted)
{
  uint64_t used = open + b->reserved ;
  if (used > b->limit || wanted > b->limit - used) return 0 ;
  b->reserved += wanted ;
  return 1 ;
}

int budget_hasroom (struct budget const *b, uint64_t open, uint64_t coming)
{
  return open + coming <= b->limit + b->maxconn + BUDGET_TRANSIENT + 1 ;
}

void budget_release (struct budget *b, uint64_t n)
{
  b->reserved -= n < b->reserved ? n : b->reserved ;
}

uint32_t budget_spare (struct budget *b, uint32_t wanted)
{
  uint64_t left = b->limit - ((uint64_t)b->maxfds + b->maxconn) ;
  if (left < wanted) wanted = (uint32_t)left ;
  b->limit -= wanted ;
  return wanted ;
}
