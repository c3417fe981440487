/* ISC license. */

#include <errno.h>

#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libfifodir/fifodir.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/svwatch-internal.h"
#include "libsupervise/svwatch.h"
#include "libsupervise/wait.h"

enum { LETTERS = 256, PAUSE_FIRST = 10, PAUSE_MAX = 200 } ;

static enum svwatch_trouble trouble (struct svwatch *w, unsigned int i, enum svwatch_trouble t)
{
  w->troubled = i ;
  return t ;
}

 /* If all are as they are wanted: those that are not listened to were so when they were
    looked at. */

static enum svwatch_trouble confirm (struct svwatch *w)
{
  if (wait_verdict(&w->wait) != WAIT_DONE || w->wait.isany) return SVWATCH_FINE ;
  for (unsigned int i = 0 ; i < w->wait.n ; i++)
    if (!w->dirs[i].listener)
    {
      enum svwatch_trouble t = svwatch_lookone(w, i) ;
      if (!t && !w->services[i].fits && !w->dirs[i].isabsent) t = svwatch_listenone(w, i) ;
      if (t) return trouble(w, i, t) ;
    }
  return SVWATCH_FINE ;
}

 /* Another supervisor may come, of another directory in the place of this one. */

static void lose (struct svwatch *w, unsigned int i)
{
  wait_forget(&w->wait, i) ;
  svwatch_unlisten(w->dirs + i) ;
  w->dirs[i].isabsent = 1 ;
  w->pause = 0 ;
}

 /* Letter by letter, until one decides it; then the status. */

static enum svwatch_trouble hear (struct svwatch *w, unsigned int i)
{
  struct svwatch_dir *d = w->dirs + i ;
  struct svstatus status ;
  char s[LETTERS] ;
  ssize_t r = fifodir_read(d->listener, s, sizeof(s)) ;
  if (r < 0) return trouble(w, i, SVWATCH_ERROR) ;
  for (ssize_t j = 0 ; j < r ; j++)
  {
    enum svwatch_trouble t ;
    wait_letter(&w->wait, i, s[j]) ;
    if (w->ispatient && w->services[i].failure == WAIT_LOST) lose(w, i) ;
    t = confirm(w) ;
    if (t || wait_verdict(&w->wait)) return t ;
  }
  if (r && !d->isabsent && svstatus_read(d->path, &status)) wait_status(&w->wait, i, &status) ;
  return confirm(w) ;
}

static int is_any_absent (struct svwatch const *w)
{
  for (unsigned int i = 0 ; i < w->wait.n ; i++) if (w->dirs[i].isabsent) return 1 ;
  return 0 ;
}

 /* There is nothing to listen to where there may be no directory: so they are looked for,
    less and less often. */

static enum svwatch_trouble look_for_absent (struct svwatch *w)
{
  w->pause = w->pause ? w->pause * 2 : PAUSE_FIRST ;
  if (w->pause > PAUSE_MAX) w->pause = PAUSE_MAX ;
  for (unsigned int i = 0 ; i < w->wait.n ; i++)
    if (w->dirs[i].isabsent)
    {
      enum svwatch_trouble t = svwatch_lookone(w, i) ;
      if (t) return trouble(w, i, t) ;
    }
  return svwatch_listen(w) ;
}

static unsigned int gather (struct svwatch *w, int other)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < w->wait.n ; i++)
    if (w->dirs[i].listener)
    {
      w->x[n].fd = w->dirs[i].listener->fd ;
      w->x[n].events = IOPAUSE_READ ;
      w->heard[n++] = i ;
    }
  if (other < 0) return n ;
  w->x[n].fd = other ;
  w->x[n].events = IOPAUSE_READ ;
  return n + 1 ;
}

 /* SVWATCH_DECIDED: nothing yet. */

static enum svwatch_event wait_once (struct svwatch *w, int other, tain const *deadline, enum svwatch_trouble *t)
{
  unsigned int n = gather(w, other) ;
  int isabsent = is_any_absent(w) ;
  tain when = *deadline ;
  tain next ;
  int r ;
  if (isabsent)
  {
    clock_after(&next, &STAMP, w->pause) ;
    clock_lower(&when, &next) ;
  }
  r = iopause_g(w->x, n, &when) ;
  if (r < 0 && errno != EINTR) return (*t = SVWATCH_ERROR, SVWATCH_TROUBLE) ;
  if (!r && !tain_future(deadline)) return SVWATCH_LATE ;
  for (unsigned int i = 0 ; r > 0 && i < n - (other >= 0) ; i++)
    if (w->x[i].revents)
    {
      *t = hear(w, w->heard[i]) ;
      if (*t) return SVWATCH_TROUBLE ;
      if (wait_verdict(&w->wait)) return SVWATCH_DECIDED ;
    }
  if (r > 0 && other >= 0 && w->x[n-1].revents) return SVWATCH_OTHER ;
  if (isabsent && !tain_future(&next)) *t = look_for_absent(w) ;
  return *t ? SVWATCH_TROUBLE : SVWATCH_DECIDED ;
}

enum svwatch_event svwatch_wait (struct svwatch *w, int other, tain const *deadline, enum svwatch_trouble *t)
{
  enum svwatch_event event = SVWATCH_DECIDED ;
  *t = SVWATCH_FINE ;
  while (!event && !wait_verdict(&w->wait)) event = wait_once(w, other, deadline, t) ;
  return event ;
}
