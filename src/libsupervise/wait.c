/* ISC license. */

#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"
#include "libsupervise/wait.h"

static int is_up (struct wait_service const *s)
{
  return s->state == WAIT_ISUP || s->state == WAIT_ISREADY ;
}

static int is_fit (struct wait_service const *s, enum wait_want want)
{
  switch (want)
  {
    case WAIT_UP : return is_up(s) ;
    case WAIT_READY : return s->state == WAIT_ISREADY ;
    case WAIT_DOWN : return s->state == WAIT_ISDOWN || s->state == WAIT_ISFINISHED ;
    case WAIT_FINISHED : return s->state == WAIT_ISFINISHED ;
    case WAIT_RESTARTED : return s->wasdown && is_up(s) ;
    default : return s->wasdown && s->state == WAIT_ISREADY ;
  }
}

 /* Each change of a service ends with this. */

static void settle (struct wait *w, struct wait_service *s, enum wait_failure failure)
{
  int fits = !failure && is_fit(s, w->want) ;
  w->fitting += (unsigned int)fits - s->fits ;
  w->failed += (unsigned int)!!failure - !!s->failure ;
  s->fits = (uint8_t)fits ;
  s->failure = failure ;
}

 /* Who comes up has not failed. */

static void change (struct wait *w, struct wait_service *s, enum wait_state state)
{
  s->state = state ;
  if (!is_up(s)) s->wasdown = 1 ;
  settle(w, s, is_up(s) ? WAIT_NOFAILURE : s->failure) ;
}

void wait_init (struct wait *w, enum wait_want want, int isany, struct wait_service *services, unsigned int n)
{
  static struct wait_service const unknown = { .state = WAIT_ISUNKNOWN } ;
  w->services = services ;
  w->n = n ;
  w->want = want ;
  w->isany = isany ;
  w->fitting = w->failed = 0 ;
  for (unsigned int i = 0 ; i < n ; i++) services[i] = unknown ;
}

static enum wait_state state_of (struct svstatus const *status)
{
  if (svstatus_isup(status)) return svstatus_isready(status) ? WAIT_ISREADY : WAIT_ISUP ;
  return svstatus_isfinished(status) ? WAIT_ISFINISHED : WAIT_ISDOWN ;
}

static int is_same (tain const *a, tain const *b)
{
  return !tain_less(a, b) && !tain_less(b, a) ;
}

 /* Up, and up since another moment: it was down in between. */

void wait_status (struct wait *w, unsigned int i, struct svstatus const *status)
{
  struct wait_service *s = w->services + i ;
  if (svstatus_isup(status))
  {
    if (s->isdated && !is_same(&s->changed, &status->changed)) s->wasdown = 1 ;
    s->changed = status->changed ;
    s->isdated = 1 ;
  }
  change(w, s, state_of(status)) ;
}

static int wants_up (struct wait const *w)
{
  return w->want != WAIT_DOWN && w->want != WAIT_FINISHED ;
}

 /* Nobody would tell of what comes after the end of a supervisor; but who is down stays so. */

void wait_letter (struct wait *w, unsigned int i, char letter)
{
  struct wait_service *s = w->services + i ;
  switch (letter)
  {
    case 'u' : change(w, s, WAIT_ISUP) ; break ;
    case 'U' : change(w, s, WAIT_ISREADY) ; break ;
    case 'd' : change(w, s, WAIT_ISDOWN) ; break ;
    case 'D' : change(w, s, WAIT_ISFINISHED) ; break ;
    case 'O' : if (wants_up(w)) settle(w, s, WAIT_FAILED) ; break ;
    case 's' : if (s->failure == WAIT_LOST) settle(w, s, WAIT_NOFAILURE) ; break ;  /* another one */
    case 'x' : if (wants_up(w) || !s->fits) settle(w, s, WAIT_LOST) ; break ;
    default : break ;
  }
}

void wait_forget (struct wait *w, unsigned int i)
{
  struct wait_service *s = w->services + i ;
  s->state = WAIT_ISUNKNOWN ;
  settle(w, s, WAIT_NOFAILURE) ;
}

enum wait_verdict wait_verdict (struct wait const *w)
{
  if (w->isany) return w->fitting ? WAIT_DONE : w->failed ? WAIT_FAILURE : WAIT_GOON ;
  if (w->fitting + w->failed < w->n) return WAIT_GOON ;
  return w->failed ? WAIT_FAILURE : WAIT_DONE ;
}
