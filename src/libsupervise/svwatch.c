/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "libfifodir/fifodir.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/svwatch-internal.h"
#include "libsupervise/svwatch.h"
#include "libsupervise/wait.h"

enum { HEARD = 256 } ;

int svwatch_init (struct svwatch *w, char const *const *paths, unsigned int n, enum wait_want want, int isany, int ispatient)
{
  w->services = malloc(n * sizeof(struct wait_service)) ;
  w->dirs = malloc(n * sizeof(struct svwatch_dir)) ;
  w->x = malloc((n + 1) * sizeof(iopause_fd)) ;
  w->heard = malloc(n * sizeof(unsigned int)) ;
  w->ispatient = ispatient ;
  w->pause = 0 ;
  w->troubled = 0 ;
  wait_init(&w->wait, want, isany, w->services, w->services ? n : 0) ;
  if (!w->services || !w->dirs || !w->x || !w->heard)
  {
    w->wait.n = 0 ;
    svwatch_free(w) ;
    return (errno = ENOMEM, 0) ;
  }
  for (unsigned int i = 0 ; i < n ; i++)
  {
    w->dirs[i].path = paths[i] ;
    w->dirs[i].listener = 0 ;
    w->dirs[i].isabsent = 0 ;
  }
  return 1 ;
}

void svwatch_unlisten (struct svwatch_dir *d)
{
  if (!d->listener) return ;
  fifodir_unlisten(d->listener) ;
  free(d->listener) ;
  d->listener = 0 ;
}

void svwatch_free (struct svwatch *w)
{
  int e = errno ;
  for (unsigned int i = 0 ; i < w->wait.n ; i++) svwatch_unlisten(w->dirs + i) ;
  free(w->heard) ;
  free(w->x) ;
  free(w->dirs) ;
  free(w->services) ;
  errno = e ;
}

 /* One that has taken its lock and has no status yet is starting: it is about to tell. */

enum svwatch_trouble svwatch_lookone (struct svwatch *w, unsigned int i)
{
  struct svstatus status ;
  int is = supervised(w->dirs[i].path) ;
  int hasstatus ;
  if (is < 0) return SVWATCH_ERROR ;
  hasstatus = svstatus_read(w->dirs[i].path, &status) ;
  if (!hasstatus && is && errno != ENOENT) return SVWATCH_ERROR ;
  w->dirs[i].isabsent = !is ;
  if (is && hasstatus) wait_status(&w->wait, i, &status) ;
  else wait_forget(&w->wait, i) ;
  if (is || w->ispatient) return SVWATCH_FINE ;
  return hasstatus ? SVWATCH_UNSUPERVISED : SVWATCH_NEVER ;
}

static enum svwatch_trouble trouble (struct svwatch *w, unsigned int i, enum svwatch_trouble t)
{
  w->troubled = i ;
  return t ;
}

enum svwatch_trouble svwatch_look (struct svwatch *w)
{
  for (unsigned int i = 0 ; i < w->wait.n ; i++)
  {
    enum svwatch_trouble t = svwatch_lookone(w, i) ;
    if (t) return trouble(w, i, t) ;
  }
  return SVWATCH_FINE ;
}

 /* Its place is made by its supervisor; somebody may have removed it. */

static int subscribe (struct fifodir_listener *l, char const *path)
{
  char event[SERVICEPATH_MAX] ;
  if (!servicepath(event, path, SERVICE_EVENT)) return 0 ;
  if (fifodir_listen(l, event)) return 1 ;
  return errno == ENOENT && fifodir_make(event, getegid(), 0) && fifodir_listen(l, event) ;
}

 /* What is heard before the status is read tells of how it was before: nobody wants to
    know. Of what is heard after it, only the last change may be known already. */

static void drain (struct fifodir_listener const *l)
{
  char s[HEARD] ;
  while (fifodir_read(l, s, sizeof(s)) == (ssize_t)sizeof(s)) ;
}

enum svwatch_trouble svwatch_listenone (struct svwatch *w, unsigned int i)
{
  struct svwatch_dir *d = w->dirs + i ;
  struct fifodir_listener *l = malloc(sizeof(struct fifodir_listener)) ;
  int e ;
  if (!l) return SVWATCH_ERROR ;
  if (!subscribe(l, d->path))
  {
    e = errno ;
    free(l) ;
    return (errno = e, SVWATCH_ERROR) ;
  }
  d->listener = l ;
  drain(l) ;
  return svwatch_lookone(w, i) ;
}

static int needs_listener (struct svwatch const *w, unsigned int i)
{
  return !w->services[i].fits && !w->dirs[i].isabsent && !w->dirs[i].listener ;
}

enum svwatch_trouble svwatch_listen (struct svwatch *w)
{
  for (unsigned int i = 0 ; i < w->wait.n ; i++)
    if (needs_listener(w, i))
    {
      enum svwatch_trouble t = svwatch_listenone(w, i) ;
      if (t) return trouble(w, i, t) ;
    }
  return SVWATCH_FINE ;
}
