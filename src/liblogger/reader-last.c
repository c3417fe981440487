/* ISC license. */

#include <errno.h>

#include "liblogger/reader-internal.h"

 /* The last lines: files are counted from the newest one back, until there are enough. */

static int count_file (struct reader const *r, struct trail const *t, size_t index, uint64_t *n)
{
  struct trail one ;
  int ok = 1 ;
  *n = 0 ;
  if (!trail_one(&one, t, index)) return errno == ENOENT || !t->isstrict ;
  for (;;)
  {
    enum trail_next next = trail_look(&one) ;
    if (next == TRAIL_ERROR) ok = !t->isstrict ;
    if (next != TRAIL_LINE) break ;
    *n += (uint64_t)reader_wants(r, &one.line) ;
    trail_take(&one) ;
  }
  trail_close(&one) ;
  return ok ;
}

static int count_dir (struct reader *r, unsigned int i, uint64_t *n)
{
  struct trail *t = r->trails + i ;
  size_t first = t->next ;
  *n = 0 ;
  for (t->next = t->files.archives.n + TRAIL_BEHIND ; t->next > first && (*n < r->options.last || !*n) ; t->next--)
  {
    uint64_t some ;
    if (!count_file(r, t, t->next - 1, &some)) return 0 ;
    *n += some ;
  }
  r->skips[i] = *n > r->options.last ? *n - r->options.last : 0 ;
  *n -= r->skips[i] ;
  return 1 ;
}

int reader_find_last (struct reader *r)
{
  uint64_t all = 0 ;
  for (unsigned int i = 0 ; i < r->n ; i++)
  {
    uint64_t n ;
    if (!count_dir(r, i, &n)) return 0 ;
    all += n ;
  }
  r->skip = all > r->options.last ? all - r->options.last : 0 ;
  return 1 ;
}
