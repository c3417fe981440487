/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include <skalibs/sig.h>
#include <skalibs/stralloc.h>

#include "libdaemon/signals.h"
#include "liblogger/reader-internal.h"

 /* A pipe that nobody reads ends it, as it ends others who write. How gzip and zstd have
    ended is not told to who ignores SIGCHLD. */

static int listen (struct reader *r)
{
  static int const signals[] = { SIGTERM, SIGINT, SIGHUP } ;
  if (!sig_restore(SIGCHLD)) return 0 ;
  if (!r->options.isfollowing) return 1 ;
  r->signals = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  return r->signals >= 0 && sig_restore(SIGPIPE) ;
}

static int allocate (struct reader *r, unsigned int n)
{
  r->trails = calloc(n, sizeof(struct trail)) ;
  r->heads = calloc(n, sizeof(struct merge_head)) ;
  r->skips = calloc(n, sizeof(uint64_t)) ;
  r->isidle = calloc(n, sizeof(uint8_t)) ;
  r->places = calloc(n, sizeof(struct cursor_place)) ;
  if (!r->trails || !r->heads || !r->skips || !r->isidle || !r->places) return (errno = ENOMEM, 0) ;
  return !r->options.isfollowing || news_init(&r->news, n) ;
}

static int begin_one (struct reader *r, unsigned int i, int hascursor, struct reader_trouble *trouble)
{
  struct trail *t = r->trails + i ;
  struct cursor_place place ;
  int isfound = hascursor ? cursor_scan(r->saved.s, r->saved.len, r->paths[i], &place) : 0 ;
  if (isfound < 0)
  {
    trouble->iscursor = 1 ;
    return (errno = EINVAL, 0) ;
  }
  trouble->where = r->paths[i] ;
  t->since = r->options.hassince ? &r->options.since : 0 ;
  t->isstrict = !!r->options.cursor ;
  return trail_begin(t, isfound ? &place : 0) ;
}

static int begin (struct reader *r, struct reader_trouble *trouble)
{
  int hascursor = 0 ;
  trouble->where = r->options.cursor ;
  if (r->options.cursor && !cursor_lock(r->options.cursor, &r->lock)) return 0 ;
  if (r->options.cursor) hascursor = cursor_read(&r->saved, r->options.cursor) ;
  if (hascursor < 0) return 0 ;
  for (unsigned int i = 0 ; i < r->n ; i++)
    if (!begin_one(r, i, hascursor, trouble)) return 0 ;
  trouble->where = "the last lines" ;
  return hascursor || !r->options.haslast || reader_find_last(r) ;
}

int reader_init (struct reader *r, struct reader_options const *options, char const *const *paths, unsigned int n, struct log *log, struct reader_trouble *trouble)
{
  static struct reader const zero = { .signals = -1, .lock = -1, .news = { .fd = -1 } } ;
  *r = zero ;
  r->options = *options ;
  r->paths = paths ;
  nowait_init(&r->out, 1) ;
  stamp_init(&r->stamp) ;
  trouble->what = "read " ;
  trouble->where = "signals" ;
  trouble->iscursor = 0 ;
  if (!allocate(r, n) || !listen(r)) return 0 ;
  for (; r->n < n ; r->n++)
  {
    trouble->where = paths[r->n] ;
    if (!trail_open(r->trails + r->n, paths[r->n], log, options->isfollowing ? &r->news : 0, r->n)) return 0 ;
  }
  return begin(r, trouble) ;
}

 /* All first lines are there, or will not be for now. 0 and errno. */

static int look (struct reader *r, struct reader_trouble *trouble)
{
  for (unsigned int i = 0 ; i < r->n ; i++)
  {
    enum trail_next next ;
    if (r->heads[i].isthere || r->isidle[i]) continue ;
    next = trail_look(r->trails + i) ;
    trouble->what = "read " ;
    trouble->where = r->paths[i] ;
    if (next == TRAIL_ERROR) return 0 ;
    r->heads[i].isthere = next == TRAIL_LINE ;
    r->heads[i].when = r->trails[i].line.when ;
    r->isidle[i] = next != TRAIL_LINE ;
  }
  return 1 ;
}

static int show (struct reader *r, unsigned int i)
{
  struct trail *t = r->trails + i ;
  size_t before = r->batch.len ;
  if (reader_wants(r, &t->line))
  {
    if (r->skips[i]) r->skips[i]-- ;
    else if (r->skip) r->skip-- ;
    else if (!reader_show(r, &t->line, t->path)) return (r->batch.len = before, 0) ;  /* no half of it */
  }
  trail_take(t) ;
  r->heads[i].isthere = 0 ;
  r->ismoved = 1 ;
  r->lines++ ;
  return 1 ;
}

 /* One line, or what there is to be done when there is none. 1; 0: it is over; -1 and errno. */

static int turn (struct reader *r, struct reader_trouble *trouble)
{
  unsigned int i ;
  int isnone ;
  if (!look(r, trouble)) return -1 ;
  i = merge_next(r->heads, r->n) ;
  isnone = i == r->n ;
  trouble->what = "show " ;
  trouble->where = "a line" ;
  if (!isnone && !show(r, i)) return -1 ;
  if (!isnone && r->batch.len < READER_BATCH && r->lines < READER_LINES) return 1 ;
  if (isnone && !r->options.isfollowing) return 0 ;
  if (!reader_flush(r, 0, trouble) || !reader_hear(r, isnone)) return -1 ;
  r->lines = 0 ;
  return !r->isending && !r->isclosed ;
}

 /* What could be read before that is shown. */

static int fail (struct reader *r, struct reader_trouble *trouble)
{
  struct reader_trouble later ;
  int e = errno ;
  if (r->isending && e == EINTR) return 1 ;
  if (trouble->where != reader_stdout) reader_flush(r, 1, &later) ;
  return (errno = e, 0) ;
}

int reader_run (struct reader *r, struct reader_trouble *trouble)
{
  int more ;
  do more = turn(r, trouble) ;
  while (more > 0) ;
  if (r->isclosed) raise(SIGPIPE) ;
  return (more == 0 && reader_flush(r, 1, trouble)) || fail(r, trouble) ;
}

int reader_hasfailed (struct reader const *r)
{
  for (unsigned int i = 0 ; i < r->n ; i++) if (r->trails[i].isfailed) return 1 ;
  return 0 ;
}
