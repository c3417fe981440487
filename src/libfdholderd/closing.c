/* ISC license. */

#include "libdaemon/closer.h"
#include "account.h"
#include "budget.h"
#include "closing.h"
#include "fdtable.h"
#include "verbs.h"

static struct closer_lane *charge (void *data, void *owner, enum fdtable_charge what)
{
  struct account *a = owner ;
  switch (what)
  {
    case FDTABLE_HELD : a->references++ ; break ;
    case FDTABLE_CLOSING :
      account_add(a, closing, 1) ;
      return &a->rule->lane ;
    case FDTABLE_CLOSED :
      account_subtract(a, closing, 1) ;
      account_release(data, a) ;
      break ;
  }
  return 0 ;
}

int closing_begin (struct holder *h)
{
  h->fdtable.charge = &charge ;
  h->fdtable.data = &h->accounts ;
  if (!closer_begin(&h->closer, &fdtable_closed, &h->fdtable)) return 0 ;
  h->fdtable.closer = &h->closer ;
  return closer_begin_burial(&h->closer) ;
}

int closing_hasroom (struct holder const *h, struct account const *a, int fd)
{
  uint64_t open = fdtable_count(&h->fdtable) ;
  unsigned int coming ;
  int istoomuch = a && (a->n.closing >= CLOSING_USER || a->rule->n.closing >= CLOSING_RULE) ;
  if (!istoomuch && budget_hasroom(&h->budget, open, BUDGET_TRANSIENT + 1)) return 1 ;
  coming = fdtable_count_unread(fd) ;
  return !coming || (!istoomuch && budget_hasroom(&h->budget, open, coming)) ;
}
