/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/types.h>

#include "libdaemon/log.h"
#include "libsvscan/troubles.h"

 /* Two that are taken for one cost a line: nothing else depends on it. */

static uint64_t number_of (char const *name, int kind)
{
  uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)kind ;
  for (; *name ; name++) h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211) ;
  return h ;
}

static int compare (void const *a, void const *b)
{
  uint64_t x = *(uint64_t const *)a ;
  uint64_t y = *(uint64_t const *)b ;
  return x < y ? -1 : x > y ;
}

static int was_told (struct troubles const *c, uint64_t number)
{
  return c->n && bsearch(&number, c->told, c->n, sizeof(uint64_t), &compare) ;
}

static void tell_bad (struct log *log, char const *name, struct listing_entry const *e)
{
  char quoted[LOG_QUOTED_MAX] ;
  char const *what = e->error == ENOENT ? "a link that leads nowhere" : strerror(e->error) ;
  log_quote(quoted, name, strlen(name)) ;
  log_line(log, LOG_WARNING, "passing over ", quoted, e->islogged ? ": its log: " : ": ", what) ;
}

static void tell_room (struct log *log, char const *name, uint32_t others, uint32_t max)
{
  char quoted[LOG_QUOTED_MAX] ;
  char most[UINT32_FMT] ;
  char more[UINT32_FMT] ;
  most[uint32_fmt(most, max)] = 0 ;
  more[uint32_fmt(more, others)] = 0 ;
  log_quote(quoted, name, strlen(name)) ;
  log_line(log, LOG_WARNING, "passing over ", quoted, others ? " and " : "", others ? more : "", others ? " more" : "",
    ": no more than ", most, " services and loggers: raise -C") ;
}

void troubles_tell (struct troubles *c, struct log *log, struct listing const *l, struct scan_plan const *p, uint32_t max)
{
  uint64_t *numbers = malloc((p->n + 1) * sizeof(uint64_t)) ;
  char const *first = 0 ;
  size_t n = 0 ;
  uint32_t others = 0 ;
  for (size_t i = 0 ; i < p->n ; i++)
  {
    struct listing_entry const *e = l->entries + i ;
    enum scan_verdict verdict = p->steps[i].verdict ;
    uint64_t number ;
    if (verdict != SCAN_BAD && verdict != SCAN_NOROOM) continue ;
    number = number_of(listing_name(l, e), verdict == SCAN_BAD ? e->error : 0) ;
    if (numbers) numbers[n++] = number ;
    if (was_told(c, number)) continue ;
    if (verdict == SCAN_BAD) tell_bad(log, listing_name(l, e), e) ;
    else if (!first) first = listing_name(l, e) ;
    else others++ ;
  }
  if (first) tell_room(log, first, others, max) ;
  if (numbers) qsort(numbers, n, sizeof(uint64_t), &compare) ;
  free(c->told) ;
  c->told = numbers ;
  c->n = n ;
}

void troubles_gone (void *log, struct supervisor const *v)
{
  char quoted[LOG_QUOTED_MAX] ;
  if (v->part != REGISTRY_LOGGER || !v->service->finding.isfound || !supervisor_runs(v)) return ;
  log_quote(quoted, v->service->name, strlen(v->service->name)) ;
  log_line((struct log *)log, LOG_WARNING, "the log of ", quoted, " is gone: its logger runs on, and is not started again") ;
}
