/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "liblogger/logdir-internal.h"
#include "liblogger/logdir.h"

enum { PARTS_AT_ONCE = 64 } ;

static size_t line_end (char const *s, size_t at, size_t len)
{
  char const *newline = memchr(s + at, '\n', len - at) ;
  return newline ? (size_t)(newline - s) + 1 : len ;
}

 /* The bytes of current at which it is full, and those that it is not to have. */

static uint64_t mark_of (struct logdir const *d)
{
  struct script_settings const *x = d->settings ;
  if (d->processing != LOGDIR_IDLE) return LOGDIR_PATIENCE * (uint64_t)x->size ;
  return x->size > x->tolerance ? x->size - x->tolerance : 1 ;
}

static uint64_t most_of (struct logdir const *d)
{
  return (d->processing != LOGDIR_IDLE ? LOGDIR_PATIENCE : 1) * (uint64_t)d->settings->size ;
}

 /* How much of a part goes into current, when that has so many bytes: up to the end of
    the line with which it is full, or before one that would be too much. The rest of a
    line goes where its beginning is. */

static size_t find_cut (struct logdir const *d, uint64_t size, char const *s, size_t len, int ismidline)
{
  uint64_t mark = mark_of(d) ;
  size_t at = ismidline ? line_end(s, 0, len) : 0 ;
  if (size + len < mark) return len ;
  while (at < len && size + at < mark)
  {
    size_t end = line_end(s, at, len) ;
    if (size + at && size + end > most_of(d)) break ;
    at = end ;
  }
  return at ;
}

struct piece
{
  struct iovec v[PARTS_AT_ONCE] ;
  int n ;
  size_t len ;
  int isfull ;  /* what comes next is for the next current */
} ;

static void collect (struct piece *p, struct logdir const *d, struct logpart const *parts, unsigned int n)
{
  p->n = 0 ;
  p->len = 0 ;
  p->isfull = 0 ;
  for (unsigned int i = 0 ; i < n && p->n < PARTS_AT_ONCE && !p->isfull ; i++)
  {
    size_t cut ;
    if (!parts[i].len) continue ;
    cut = find_cut(d, d->size + p->len, parts[i].s, parts[i].len, d->torn && !p->len) ;
    p->isfull = cut < parts[i].len ;
    if (!cut) break ;
    p->v[p->n].iov_base = (void *)(uintptr_t)parts[i].s ;
    p->v[p->n++].iov_len = cut ;
    p->len += cut ;
  }
}

 /* How much has left of a line whose rest is still in the parts, when torn had before. */

static size_t take_off (struct logpart *parts, unsigned int n, size_t len, size_t torn)
{
  for (unsigned int i = 0 ; len && i < n ; i++)
  {
    size_t some = parts[i].len < len ? parts[i].len : len ;
    char const *newline = memrchr(parts[i].s, '\n', some) ;
    torn = newline ? (size_t)(parts[i].s + some - newline) - 1 : torn + some ;
    parts[i].s += some ;
    parts[i].len -= some ;
    len -= some ;
  }
  return torn ;
}

static int write_piece (struct logdir *d, struct piece const *p, struct logpart *parts, unsigned int n, struct logtime const *now)
{
  ssize_t r ;
  do r = writev(d->fd, p->v, p->n) ;
  while (r == -1 && errno == EINTR) ;
  if (!r) errno = ENOSPC ;
  if (r <= 0) return logdir_fail(d, "write", now) ;
  logdir_recover(d, now) ;
  d->torn = take_off(parts, n, (size_t)r, d->torn) ;
  d->size += (size_t)r ;
  if (d->settings->sync != SCRIPT_NEVER && !tain_less(&d->sync, &tain_infinite)) clock_after(&d->sync, &now->now, d->settings->sync) ;
  return 1 ;
}

static int is_rest (struct logpart const *parts, unsigned int n)
{
  for (unsigned int i = 0 ; i < n ; i++) if (parts[i].len) return 1 ;
  return 0 ;
}

 /* At the end of a line only, and when no processor is at work. */

static void rotate_if_full (struct logdir *d, int isfull)
{
  if (d->state != LOGDIR_WRITABLE || d->torn || !d->size || d->processing != LOGDIR_IDLE) return ;
  if (isfull || d->isrotationwanted || d->size + d->settings->tolerance >= d->settings->size) d->state = LOGDIR_SYNC ;
  d->isrotationwanted = 0 ;
}

int logdir_write (struct logdir *d, struct logpart *parts, unsigned int n, struct logtime const *now)
{
  while (is_rest(parts, n))
  {
    struct piece p ;
    if (!logdir_isready(d, now)) return 0 ;
    collect(&p, d, parts, n) ;
    if (p.len ? !write_piece(d, &p, parts, n, now) : d->processing != LOGDIR_IDLE) return 0 ;
    rotate_if_full(d, p.isfull) ;
  }
  if (d->state != LOGDIR_WRITABLE) logdir_isready(d, now) ;  /* what it has taken is safe, whether or not */
  return 1 ;
}

 /* Only what we have written ourselves goes, and is where we know it. */

void logdir_untear (struct logdir *d)
{
  struct stat st ;
  if (!d->torn || fstat(d->fd, &st) == -1 || (uint64_t)st.st_size != d->size) return ;
  if (ftruncate(d->fd, (off_t)(d->size - d->torn)) == -1) return ;
  d->size -= d->torn ;
  d->torn = 0 ;
}

void logdir_rotate (struct logdir *d)
{
  d->isrotationwanted = !!d->size ;
  rotate_if_full(d, 0) ;
}

static void sync_data (struct logdir *d, struct logtime const *now)
{
  if (fdatasync(d->fd) == -1 && errno != EINVAL)
  {
    logdir_fail(d, "fdatasync current", now) ;
    d->sync = d->retry ;
    return ;
  }
  d->sync = tain_infinite ;
  logdir_recover(d, now) ;
}

void logdir_turn (struct logdir *d, struct logtime const *now)
{
  int isbusy = d->processing != LOGDIR_IDLE ;
  if (d->dir < 0) return ;
  logdir_reap_left(d) ;
  logdir_process(d, now) ;
  if (isbusy) rotate_if_full(d, 0) ;
  if (d->state == LOGDIR_CLOSING || d->state == LOGDIR_CLOSED) return ;
  if (!tain_less(&now->now, &d->sync) && d->state == LOGDIR_WRITABLE) sync_data(d, now) ;
  if (logdir_isold(d, now))
  {
    if (d->size) logdir_rotate(d) ;
    logdir_plan(d, now) ;
  }
  logdir_isready(d, now) ;
}

void logdir_next (struct logdir const *d, tain *when)
{
  if (d->dir < 0) return ;
  clock_lower(when, &d->turn) ;
  clock_lower(when, &d->retry) ;
  if (d->state == LOGDIR_CLOSING || d->state == LOGDIR_CLOSED) return ;
  clock_lower(when, &d->rotation) ;
  if (d->state == LOGDIR_WRITABLE) clock_lower(when, &d->sync) ;
}
