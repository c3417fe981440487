/* ISC license. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "libfdholderd/fdtable.h"
#include "libfdholderd/stage.h"
#include "libfdwire/wire.h"

struct stage *stage_new (struct fdtable *fdtable, uint32_t total)
{
  static struct stage const zero = { .entries = GENALLOC_ZERO, .ids = STRALLOC_ZERO } ;
  struct stage *g = malloc(sizeof(struct stage)) ;
  if (!g) return (errno = ENOMEM, (struct stage *)0) ;
  *g = zero ;
  g->fdtable = fdtable ;
  g->total = g->reserved = total ;
  return g ;
}

static int add_entry (struct stage *g, struct wire_entry const *w, int fd)
{
  struct stage_entry e = { .limit = w->limit, .offset = g->ids.len, .id = 0, .fd = fd, .idlen = w->id.len } ;
  int error = wire_id_check(w->id.s, w->id.len) ;
  if (error) return error ;
  if (!genalloc_readyplus(struct stage_entry, &g->entries, 1)
   || !stralloc_catb(&g->ids, w->id.s, (size_t)w->id.len + 1)) return ENOMEM ;
  genalloc_catb(struct stage_entry, &g->entries, &e, 1) ;
  return 0 ;
}

int stage_add (struct stage *g, struct wire_reader r, int const *fds, unsigned int n)
{
  unsigned int i = 0 ;
  int error = !n || n > g->total - stage_count(g) ? EPROTO : 0 ;
  for (; !error && i < n ; i++)
  {
    struct wire_entry w ;
    error = wire_get_entry(&r, &w) ? add_entry(g, &w, fds[i]) : EPROTO ;
    if (error) break ;
  }
  if (!error && !wire_reader_isempty(&r)) error = EPROTO ;
  for (; i < n ; i++) fdtable_unref(g->fdtable, fds[i]) ;
  return error ? (errno = error, 0) : 1 ;
}

static int compare (void const *a, void const *b)
{
  return strcmp(((struct stage_entry const *)a)->id, ((struct stage_entry const *)b)->id) ;
}

int stage_seal (struct stage *g)
{
  struct stage_entry *e = stage_entries(g) ;
  size_t n = stage_count(g) ;
  for (size_t i = 0 ; i < n ; i++) e[i].id = g->ids.s + e[i].offset ;
  if (n) qsort(e, n, sizeof(struct stage_entry), &compare) ;
  for (size_t i = 1 ; i < n ; i++)
    if (!compare(e + i - 1, e + i)) return 0 ;
  return 1 ;
}

void stage_end (struct stage *g)
{
  for (size_t i = 0 ; i < stage_count(g) ; i++)
    fdtable_unref(g->fdtable, stage_entries(g)[i].fd) ;
  genalloc_free(struct stage_entry, &g->entries) ;
  stralloc_free(&g->ids) ;
  free(g) ;
}
