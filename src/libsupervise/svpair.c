/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libfifodir/fifowait.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"
#include "libsupervise/svpair.h"

enum
{
  LOOK_MILLISECONDS = 1000,  /* how often, if nothing is told */
  ENDING_MILLISECONDS = 5,
  STATUS_MILLISECONDS = 5,
  STATUS_LOOKS = 1000
} ;

int svpair_find (struct svpair *p, char const *dir)
{
  struct stat st ;
  p->nawaited = 0 ;
  if (!servicepath(p->dirs[1], dir, "log")) return 0 ;
  strcpy(p->dirs[0], dir) ;
  p->n = 1 ;
  if (stat(p->dirs[1], &st) == -1) return errno == ENOENT ;
  if (!S_ISDIR(st.st_mode)) return (errno = ENOTDIR, 0) ;
  p->n = 2 ;
  return 1 ;
}

static int look_at_status (struct svpair const *p, unsigned int i, struct stat *st)
{
  static struct stat const none ;
  char path[SERVICEPATH_MAX] ;
  *st = none ;
  return servicepath(path, p->dirs[i], SERVICE_STATUS) && stat(path, st) == 0 ;
}

int svpair_listen (struct svpair *p, unsigned int i, char const *letter)
{
  char path[SERVICEPATH_MAX] ;
  look_at_status(p, i, p->statuses + p->nawaited) ;
  if (!servicepath(path, p->dirs[i], SERVICE_EVENT) || !fifowait_begin(p->waits + p->nawaited, path, letter)) return 0 ;
  p->awaited[p->nawaited++] = i ;
  return 1 ;
}

 /* Has another one begun since it has told of its end? */

static int is_followed (struct fifowait *w)
{
  char const *end ;
  if (!w->ismatched || !fifowait_hear(w)) return 0 ;
  end = strchr(w->received.s, 'x') ;
  return end && strchr(end, 's') ;
}

static int is (struct svpair *p, unsigned int i, int issupervised)
{
  struct fifowait *w = p->waits + i ;
  int r ;
  if (issupervised && w->ismatched) return 1 ;
  r = supervised(p->dirs[p->awaited[i]]) ;
  if (r == issupervised || (r < 0 && w->ismatched)) return 1 ;
  return !issupervised && is_followed(w) ;
}

static int look (struct svpair *p, int issupervised, int *isover)
{
  int all = 1 ;
  for (unsigned int i = 0 ; i < p->nawaited ; i++)
  {
    if (!isover[i]) isover[i] = is(p, i, issupervised) ;
    all &= isover[i] ;
  }
  return all ;
}

static unsigned int count_heard (struct svpair const *p, int const *isover)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < p->nawaited ; i++) n += p->waits[i].ismatched && !(isover && isover[i]) ;
  return n ;
}

 /* A supervisor tells of its end a moment before its lock goes: who comes next shall not
    find it. That may be another supervisor, soon after, while the other of the pair goes on:
    what was free once is over, and so is who has had a follower. */

int svpair_await (struct svpair *p, int issupervised, tain const *deadline)
{
  int isover[SVPAIR_MAX] = { 0 } ;
  for (;;)
  {
    tain next ;
    int isheard ;
    clock_span(&next, count_heard(p, isover) ? ENDING_MILLISECONDS : LOOK_MILLISECONDS) ;
    tain_add_g(&next, &next) ;
    clock_lower(&next, deadline) ;
    isheard = fifowait(p->waits, p->nawaited, !count_heard(p, 0), &next) ;
    if (!isheard && errno != ETIMEDOUT) return 0 ;
    if (look(p, issupervised, isover)) return 1 ;
    if (isheard) clock_breathe(ENDING_MILLISECONDS) ;
    if (!tain_now_g() || !tain_future(deadline)) return (errno = ETIMEDOUT, 0) ;
  }
}

static int is_written (struct svpair const *p, unsigned int i)
{
  struct stat const *old = p->statuses + i ;
  struct stat st ;
  if (!look_at_status(p, p->awaited[i], &st)) return 0 ;
  return st.st_ino != old->st_ino || st.st_ctim.tv_sec != old->st_ctim.tv_sec || st.st_ctim.tv_nsec != old->st_ctim.tv_nsec ;
}

static int are_written (struct svpair const *p)
{
  unsigned int i = 0 ;
  while (i < p->nawaited && is_written(p, i)) i++ ;
  return i == p->nawaited ;
}

void svpair_await_status (struct svpair const *p)
{
  for (unsigned int n = 0 ; n < STATUS_LOOKS && !are_written(p) ; n++) clock_breathe(STATUS_MILLISECONDS) ;
}

void svpair_end (struct svpair *p)
{
  int e = errno ;
  while (p->nawaited) fifowait_end(p->waits + --p->nawaited) ;
  errno = e ;
}
