/* ISC license. */

 /* What only waits for its end, in the bytes of a state. */

#include <fcntl.h>
#include <stdlib.h>

#include <skalibs/genalloc.h>

#include "libdaemon/closer.h"
#include "libfdholderd/account.h"
#include "libfdholderd/flight.h"
#include "libfdholderd/state-internal.h"
#include "libfdwire/wire-state.h"

static int put_closing (struct making *m, int fd, struct account const *a, uint32_t unread)
{
  struct wire_state_closing c = { .fd = fd, .unread = unread, .uid = a ? a->uid : 0, .rule = state_text(a ? a->rule->key : "") } ;
  char *s = state_room(m, WIRE_STATE_CLOSING_MAX) ;
  if (!s) return 0 ;
  m->st->bytes.len += wire_state_pack_closing(s, &c) ;
  m->st->head.closing++ ;
  return 1 ;
}

static int compare (void const *a, void const *b)
{
  int x = *(int const *)a, y = *(int const *)b ;
  return x < y ? -1 : x > y ;
}

struct pending
{
  int fd ;
  struct account *account ;
} ;

static int compare_pending (void const *a, void const *b)
{
  return compare(&((struct pending const *)a)->fd, &((struct pending const *)b)->fd) ;
}

static int note_pending (void *data, int fd, void *owner)
{
  struct pending p = { .fd = fd, .account = owner } ;
  return genalloc_append(struct pending, (genalloc *)data, &p) ;
}

 /* What a helper has begun with may be closed, and its number another one's,
    even of another that is to be closed. */

static int put_pending (struct making *m, struct pending const *p, size_t n)
{
  int const *fds = genalloc_s(int, &m->fds) ;
  size_t kept = genalloc_len(int, &m->fds) ;
  for (size_t i = 0 ; i < n ; i++)
  {
    if (fcntl(p[i].fd, F_GETFD) == -1 || (i && p[i].fd == p[i - 1].fd)) continue ;
    if (kept && bsearch(&p[i].fd, fds, kept, sizeof(int), &compare)) continue ;
    if (!put_closing(m, p[i].fd, p[i].account, 0)) return 0 ;
  }
  return 1 ;
}

static int put_all_pending (struct making *m)
{
  genalloc all = GENALLOC_ZERO ;
  int ok = closer_each_pending(&m->h->closer, &note_pending, &all) ;
  size_t n = genalloc_len(struct pending, &all) ;
  size_t kept = genalloc_len(int, &m->fds) ;
  if (n) qsort(genalloc_s(struct pending, &all), n, sizeof(struct pending), &compare_pending) ;
  if (kept) qsort(genalloc_s(int, &m->fds), kept, sizeof(int), &compare) ;
  ok = ok && put_pending(m, genalloc_s(struct pending, &all), n) ;
  genalloc_free(struct pending, &all) ;
  return ok ;
}

int state_put_closing (struct making *m)
{
  for (struct flight_one const *one = m->h->flight.exposed ; one ; one = one->next)
    if (one->isgrave && !(put_closing(m, one->fd, one->account, one->unread) && state_keep(m, one->fd))) return 0 ;
  return put_all_pending(m) ;
}
