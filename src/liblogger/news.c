/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif

#include <skalibs/djbunix.h>

#include "liblogger/archives.h"
#include "liblogger/news.h"

int news_init (struct news *x, unsigned int n)
{
  x->fd = -1 ;
  x->n = n ;
  x->gaps = 0 ;
  x->dirs = calloc(n, sizeof(struct news_dir)) ;
  if (!x->dirs) return (errno = ENOMEM, 0) ;
  for (unsigned int i = 0 ; i < n ; i++) x->dirs[i].watch = -1 ;
#ifdef __linux__
  x->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) ;
#endif
  return 1 ;
}

void news_free (struct news *x)
{
  if (x->fd >= 0) fd_close(x->fd) ;
  x->fd = -1 ;
  free(x->dirs) ;
  x->dirs = 0 ;
}

int news_patience (struct news const *x)
{
  for (unsigned int i = 0 ; i < x->n ; i++) if (x->dirs[i].watch < 0) return NEWS_NONE_MS ;
  return NEWS_SOME_MS ;
}

void news_mark (struct news const *x, unsigned int i, struct news_mark *mark)
{
  mark->turns = x->dirs[i].turns ;
  mark->gaps = x->gaps ;
  mark->isknown = x->dirs[i].watch >= 0 ;
}

int news_issame (struct news_mark const *a, struct news_mark const *b)
{
  return a->turns == b->turns && a->gaps == b->gaps ;
}

int news_between (struct news_mark const *from, struct news_mark const *to, uint64_t *n)
{
  *n = to->turns - from->turns ;
  return from->isknown && to->isknown && from->gaps == to->gaps ;
}

#ifdef __linux__

enum
{
  EVENTS = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
  BEGINNINGS = IN_CREATE | IN_MOVED_TO,
  ROOM = 16384
} ;

 /* After a change of what is watched, nothing before is known of this one. */

void news_watch (struct news *x, unsigned int i, char const *path)
{
  if (x->fd < 0) return ;
  if (x->dirs[i].watch >= 0) inotify_rm_watch(x->fd, x->dirs[i].watch) ;
  x->dirs[i].watch = inotify_add_watch(x->fd, path, EVENTS) ;
  x->gaps++ ;
}

static void take_one (struct news *x, struct inotify_event const *event)
{
  if (event->mask & IN_Q_OVERFLOW) x->gaps++ ;
  if (!(event->mask & BEGINNINGS) || !event->len || strcmp(event->name, LOGDIR_CURRENT)) return ;
  for (unsigned int i = 0 ; i < x->n ; i++)
    if (x->dirs[i].watch == event->wd) x->dirs[i].turns++ ;
}

void news_take (struct news *x)
{
  union { struct inotify_event event ; char s[ROOM] ; } u ;
  ssize_t r ;
  if (x->fd < 0) return ;
  while ((r = read(x->fd, u.s, sizeof(u.s))) > 0)
    for (size_t at = 0 ; at < (size_t)r ;)
    {
      struct inotify_event const *event = (struct inotify_event const *)(u.s + at) ;
      take_one(x, event) ;
      at += sizeof(*event) + event->len ;
    }
}

#else

void news_watch (struct news *x, unsigned int i, char const *path)
{
  (void)x ;
  (void)i ;
  (void)path ;
}

void news_take (struct news *x)
{
  (void)x ;
}

#endif
