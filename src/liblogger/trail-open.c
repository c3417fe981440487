/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "liblogger/trail-internal.h"
#include "liblogger/trail.h"

int trail_open_dir (struct trail *t)
{
  struct stat st ;
  int fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) ;
  if (fd < 0) return 0 ;
  if (fstat(fd, &st) == 0) t->dirino = (uint64_t)st.st_ino ;
  t->dir = fd ;
  return 1 ;
}

static void begin_empty (struct trail *t)
{
  static struct trail const zero = { .dir = -1, .files = LOGFILES_ZERO, .file = LOGFILE_ZERO } ;
  *t = zero ;
  cursor_begin(&t->at) ;
  t->done = t->at ;
}

int trail_open (struct trail *t, char const *path, struct log *log, struct news *news, unsigned int index)
{
  begin_empty(t) ;
  t->path = path ;
  t->log = log ;
  t->news = news ;
  t->index = index ;
  if (news) news_watch(news, index, path) ;
  return trail_open_dir(t) ;
}

void trail_close (struct trail *t)
{
  int e = errno ;
  logfile_end(&t->file) ;
  logfiles_free(&t->files) ;
  if (t->dir >= 0) fd_close(t->dir) ;
  t->dir = -1 ;
  free(t->s) ;
  t->s = 0 ;
  errno = e ;
}

int trail_one (struct trail *one, struct trail const *t, size_t index)
{
  struct trail from = *t ;
  begin_empty(one) ;
  one->path = t->path ;
  one->log = t->log ;
  from.file = one->file ;
  from.isstamped = 0 ;
  from.s = 0 ;
  if (!trail_enter(&from, index)) return 0 ;
  one->file = from.file ;
  one->at = from.at ;
  one->iscurrent = from.iscurrent ;
  one->isstrict = t->isstrict || t->news ;
  one->isopen = 1 ;
  one->line.when = from.line.when ;
  return 1 ;
}

 /* The bytes that are done with make room, and if that is not enough there is more. */

int trail_make_room (struct trail *t)
{
  size_t size = t->size ;
  char *s ;
  if (t->taken) memmove(t->s, t->s + t->taken, t->len - t->taken) ;
  t->len -= t->taken ;
  t->taken = 0 ;
  if (!t->len) size = TRAIL_BUFFER ;
  else if (size - t->len < TRAIL_BUFFER / 2) size *= 2 ;
  if (size > TRAIL_LINE_MAX + TRAIL_BUFFER) size = TRAIL_LINE_MAX + TRAIL_BUFFER ;
  if (size == t->size) return 1 ;
  s = realloc(t->s, size + 1) ;
  if (!s) return 0 ;
  t->s = s ;
  t->size = size ;
  return 1 ;
}
