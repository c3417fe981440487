/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "libdaemon/log.h"
#include "liblogger/trail-internal.h"
#include "liblogger/trail.h"

enum
{
  LOOKS_MAX = 8,
  MADE_MAX = 2  /* what processors have made since: of this file, and of the one before it */
} ;

static void take_news (struct trail *t, struct news_mark *mark)
{
  static struct news_mark const unknown = { .isknown = 0 } ;
  *mark = unknown ;
  if (!t->news) return ;
  news_take(t->news) ;
  news_mark(t->news, t->index, mark) ;
}

 /* A look in which nothing has moved, if there is time for one between two rotations. If
    there is none, nothing is missed all the same, but how many there were is not known. */

static int look (struct trail *t, struct logfiles *files, struct news_mark *mark)
{
  struct news_mark before ;
  take_news(t, &before) ;
  for (unsigned int i = 0 ; i < LOOKS_MAX ; i++)
  {
    if (!logfiles_look(files, t->dir)) return 0 ;
    take_news(t, mark) ;
    if (news_issame(&before, mark) && logfiles_isnow(files, t->dir)) return 1 ;
    before = *mark ;
  }
  mark->isknown = 0 ;
  return 1 ;
}

 /* Does the file that was entered begin with all that stood before the place? Then it is
    there: 1; 0: it does not. -1 and errno: it cannot be read. */

static int go_to (struct trail *t, struct cursor_place const *place)
{
  while (t->at.offset < place->offset)
  {
    uint64_t left = place->offset - t->at.offset ;
    ssize_t r ;
    if (!trail_make_room(t)) return -1 ;
    r = logfile_read(&t->file, t->s, left < t->size ? (size_t)left : t->size) ;
    if (r <= 0) return r < 0 ? -1 : 0 ;
    t->at.hash = cursor_hash(t->at.hash, t->s, (size_t)r) ;
    t->at.offset += (uint64_t)r ;
  }
  return t->at.hash == place->hash ;
}

 /* As go_to. What cannot be read just now is not gone. */

static int is_there (struct trail *t, size_t index, struct cursor_place const *place)
{
  int r = trail_enter(t, index) ? go_to(t, place) : errno == ENOENT ? 0 : -1 ;
  if (r > 0) t->next = index + 1 ;
  else t->isopen = 0 ;
  return r ;
}

 /* What a processor has made of a file is another one. The index; or that behind all. */

static size_t find_copy (struct trail const *t, struct logfiles const *files, struct cursor_place const *place)
{
  struct trail from = *t ;
  size_t n = files->archives.n ;
  size_t first = logfiles_after(files, place->newest) ;
  from.files = *files ;
  for (size_t i = first ; place->offset && i <= n && i < first + MADE_MAX ; i++)
  {
    struct trail one ;
    int isit ;
    if (i == n && !files->isprocessed) break ;
    if (!trail_one(&one, &from, i)) continue ;
    isit = go_to(&one, place) > 0 ;
    trail_close(&one) ;
    if (isit) return i ;
  }
  return n + TRAIL_BEHIND ;
}

static int find_by_content (struct trail *t, struct cursor_place const *place)
{
  size_t i = find_copy(t, &t->files, place) ;
  return i < t->files.archives.n + TRAIL_BEHIND && is_there(t, i, place) ;
}

static int find_by_number (struct trail *t, struct cursor_place const *place)
{
  size_t n = t->files.archives.n ;
  size_t i = logfiles_find(&t->files, place->ino) ;
  int r = 0 ;
  if (t->files.current >= 0 && t->files.currentino == place->ino) r = is_there(t, n + TRAIL_CURRENT, place) ;
  if (!r && t->files.previous >= 0 && t->files.previousino == place->ino) r = is_there(t, n + TRAIL_PREVIOUS, place) ;
  return r || i == n ? r : is_there(t, i, place) ;
}

static int find_by_name (struct trail *t, struct cursor_place const *place)
{
  size_t i = logfiles_after(&t->files, place->name) ;
  return i && !strcmp(t->files.archives.list[i - 1].name, place->name) ? is_there(t, i - 1, place) : 0 ;
}

static int find (struct trail *t, struct cursor_place const *place)
{
  int r ;
  if (place->name[0]) return find_by_name(t, place) ;
  r = find_by_number(t, place) ;
  return r ? r : find_by_content(t, place) ;
}

int trail_begin (struct trail *t, struct cursor_place const *place)
{
  int r ;
  if (!look(t, &t->files, &t->mark)) return 0 ;
  t->next = 0 ;
  if (!place || !place->ino) return 1 ;
  r = find(t, place) ;
  if (r < 0) return 0 ;
  if (r)
  {
    t->done = t->at ;
    return 1 ;
  }
  t->next = logfiles_after(&t->files, place->name[0] ? place->name : place->newest) ;
  t->done = *place ;
  logfile_end(&t->file) ;
  cursor_begin(&t->at) ;
  memcpy(t->at.newest, t->next ? t->files.archives.list[t->next - 1].name : "", t->next ? ARCHIVE_NAME + 1 : 1) ;
  log_line(t->log, LOG_WARNING, t->path, ": the file that the cursor is in is gone: going on with what comes after it") ;
  return 1 ;
}

 /* So many files have come after the one that was read, but for current itself. Others that
    are there were made of it, and of those before. */

static void find_by_count (struct trail *t, struct logfiles const *files, struct news_mark const *mark)
{
  size_t n = files->archives.n ;
  uint64_t have = n - t->next + (files->previous >= 0) ;
  uint64_t want ;
  if (!news_between(&t->mark, mark, &want) || !want)
  {
    log_line(t->log, LOG_WARNING, t->path, ": files may have been deleted before they could be read") ;
    return ;
  }
  if (files->current >= 0) want-- ;
  if (have < want) t->lostfiles += want - have ;
  else if (have > want) t->next += (size_t)(have - want) ;
}

 /* Among other files: where is the one that was read, and so what comes next? */

static void find_next (struct trail *t, struct logfiles const *files, struct news_mark const *mark)
{
  size_t n = files->archives.n ;
  size_t i = logfiles_find(files, t->at.ino) ;
  t->next = logfiles_after(files, t->at.name[0] ? t->at.name : t->at.newest) ;
  if (!t->at.ino || t->at.name[0]) return ;
  if (i == n && files->previous >= 0 && files->previousino == t->at.ino) i = n + TRAIL_PREVIOUS ;
  else if (i == n) i = find_copy(t, files, &t->at) ;
  if (i < n + TRAIL_BEHIND) t->next = i + 1 ;
  else find_by_count(t, files, mark) ;
}

 /* The directory was removed, and is there again: all in it is new. */

static int is_replaced (struct trail *t)
{
  struct stat st ;
  return stat(t->path, &st) == 0 && S_ISDIR(st.st_mode) && (uint64_t)st.st_ino != t->dirino ;
}

static int replace (struct trail *t)
{
  int old = t->dir ;
  if (!trail_open_dir(t)) return 0 ;
  fd_close(old) ;
  news_watch(t->news, t->index, t->path) ;
  t->at.ino = 0 ;  /* nothing of this one was read */
  t->at.name[0] = t->at.newest[0] = 0 ;
  t->next = 0 ;
  return look(t, &t->files, &t->mark) ? 1 : -1 ;
}

int trail_advance (struct trail *t)
{
  struct logfiles files = LOGFILES_ZERO ;
  struct news_mark mark ;
  uint64_t ino = logfiles_ino(t->dir, LOGDIR_CURRENT) ;
  if (!ino || ino == t->at.ino) return is_replaced(t) ? replace(t) : 0 ;
  if (!look(t, &files, &mark)) return -1 ;
  if (!files.currentino || files.currentino == t->at.ino)
  {
    logfiles_free(&files) ;
    return 0 ;
  }
  find_next(t, &files, &mark) ;
  logfiles_free(&t->files) ;
  t->files = files ;
  t->mark = mark ;
  return 1 ;
}
