/* ISC license. */

/* Limits in the model: nothing is ever sent so near to one that nobody could
   say on which side of it it will be judged. */

#include <skalibs/tai.h>

#include "model.h"

enum { SOON_MILLISECONDS = 1000, NEAR_MILLISECONDS = 400, PASSED_MILLISECONDS = 10 } ;

int model_ispast (struct model const *m, enum model_limit limit)
{
  tain now ;
  if (limit != LIMIT_SOON) return limit == LIMIT_PAST ;
  tain_wallclock_read(&now) ;
  return !tain_less(&now, &m->soon) ;
}

static void milliseconds_before (tain *t, int milliseconds)
{
  tain left ;
  tain_from_millisecs(&left, milliseconds) ;
  tain_sub(t, t, &left) ;
}

static int uses_soon (struct model const *m)
{
  for (unsigned int i = 0 ; i < MODEL_IDS ; i++)
    if (m->held[i].file != MODEL_NOTHING && m->held[i].limit == LIMIT_SOON) return 1 ;
  for (unsigned int i = 0 ; i < MODEL_CLIENTS ; i++)
  {
    struct model_client const *c = m->clients + i ;
    if (c->isgiven && c->given.limit == LIMIT_SOON) return 1 ;
    for (unsigned int j = 0 ; j < c->staged ; j++)
      if (c->items[j].limit == LIMIT_SOON) return 1 ;
    for (unsigned int j = 0 ; c->ishalf && j < c->half.n ; j++)
      if (c->half.items[j].limit == LIMIT_SOON) return 1 ;
  }
  return 0 ;
}

int model_issoon (struct model *m)
{
  tain now, near = m->soon ;
  tain_wallclock_read(&now) ;
  milliseconds_before(&near, 2 * NEAR_MILLISECONDS) ;
  if (tain_less(&now, &near)) return 1 ;
  if (uses_soon(m)) return 0 ;
  raw_limit(&m->soon, SOON_MILLISECONDS) ;
  return 1 ;
}

static void wait_until_passed (struct model *m)
{
  tain now ;
  tain_wallclock_read(&now) ;
  while (tain_less(&now, &m->soon))
  {
    test_sleep(PASSED_MILLISECONDS) ;
    tain_wallclock_read(&now) ;
  }
  test_sleep(PASSED_MILLISECONDS) ;
  for (int i = 0 ; i < MODEL_IDS ; i++)
    if (m->held[i].file != MODEL_NOTHING && m->held[i].limit == LIMIT_SOON) model_forget(m, i) ;
}

void model_settle (struct model *m)
{
  tain now, near = m->soon ;
  milliseconds_before(&near, NEAR_MILLISECONDS) ;
  tain_wallclock_read(&now) ;
  if (!tain_less(&now, &near) && uses_soon(m)) wait_until_passed(m) ;
}

unsigned int model_let_expire (struct model *m)
{
  unsigned int before = model_count(m) ;
  if (uses_soon(m)) wait_until_passed(m) ;
  return before - model_count(m) ;
}
