/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <unistd.h>
#include <sys/stat.h>

#include "libdaemon/log.h"
#include "liblogger/trail-internal.h"
#include "liblogger/trail.h"

static ssize_t read_more (struct trail *t)
{
  ssize_t r ;
  if (!trail_make_room(t)) return -1 ;
  r = logfile_read(&t->file, t->s + t->len, t->size - t->len) ;
  if (r > 0) t->len += (size_t)r ;
  lines_init(&t->lines, t->s, t->len, TRAIL_LINE_MAX) ;
  return r ;
}

static int show (struct trail *t)
{
  struct trail_line *x = &t->line ;
  struct timespec when ;
  char const *s ;
  if (!lines_next(&t->lines, &s, &x->len) && (!t->isend || !lines_last(&t->lines, &s, &x->len))) return 0 ;
  x->s = t->s + (s - t->s) ;
  x->stamplen = stamp_scan(s, x->len, &when, &t->minute) ;
  if (x->stamplen)
  {
    x->when = when ;
    t->isstamped = 1 ;
  }
  t->isline = 1 ;
  return 1 ;
}

void trail_take (struct trail *t)
{
  size_t len = t->lines.at - t->taken ;
  if (t->isstrict || t->news) t->at.hash = cursor_hash(t->at.hash, t->s + t->taken, len) ;
  t->at.offset += len ;
  t->taken += len ;
  t->done = t->at ;
  t->isline = 0 ;
}

 /* Somebody may have emptied current: what is written to it next is at its beginning. */

static int is_cut (struct trail *t)
{
  struct stat st ;
  if (fstat(t->file.fd, &st) == -1 || (uint64_t)st.st_size >= t->at.offset + (t->len - t->taken)) return 0 ;
  log_line(t->log, LOG_WARNING, t->path, "/" LOGDIR_CURRENT " was cut: reading it from its beginning") ;
  lseek(t->file.fd, 0, SEEK_SET) ;
  trail_begin_file(t) ;
  return 1 ;
}

 /* All that the file has now was read. */

static enum trail_next end_of_file (struct trail *t)
{
  int r ;
  if (t->iscurrent && t->news)
  {
    if (is_cut(t)) return TRAIL_LINE ;
    r = trail_advance(t) ;
    if (r <= 0) return r < 0 ? TRAIL_ERROR : TRAIL_NOTHING ;
    t->iscurrent = 0 ;  /* nothing will be written to it any more: read once again */
    return TRAIL_LINE ;
  }
  if (t->iscurrent && t->isstrict && t->taken < t->len) return TRAIL_OVER ;
  t->isend = 1 ;
  return TRAIL_LINE ;
}

static enum trail_next go_on (struct trail *t)
{
  int r = trail_next_file(t) ;
  if (r > 0) return TRAIL_LINE ;
  if (r < 0) return TRAIL_ERROR ;
  trail_tell_lost(t) ;
  if (!t->news) return TRAIL_OVER ;
  r = trail_advance(t) ;
  return r < 0 ? TRAIL_ERROR : r ? TRAIL_LINE : TRAIL_NOTHING ;
}

 /* TRAIL_LINE: try again. */

static enum trail_next step (struct trail *t)
{
  ssize_t r ;
  if (!t->isopen) return go_on(t) ;
  if (t->isend)
  {
    t->isopen = 0 ;
    return TRAIL_LINE ;
  }
  r = read_more(t) ;
  if (!r) return end_of_file(t) ;
  if (r > 0) return TRAIL_LINE ;
  if (errno == ENOMEM || trail_refuse(t, t->at.name[0] ? t->at.name : LOGDIR_CURRENT) < 0) return TRAIL_ERROR ;
  t->isend = 1 ;
  return TRAIL_LINE ;
}

enum trail_next trail_look (struct trail *t)
{
  while (!t->isline && !(t->isopen && show(t)))
  {
    enum trail_next r = step(t) ;
    if (r != TRAIL_LINE) return r ;
  }
  return TRAIL_LINE ;
}
