/* ISC license. */

/* s6-supervise, when any one of its system calls fails, once or for a while, in a start,
   at a death, when it is told that run is ready, when it is told to have it down: it
   lives, or is started again as s6-svscan does; the service is as it is wanted soon
   after; it is there once; what has happened is told; x still ends it.
   Its arguments are those of support/faultrounds.h. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libsupervise/svstatus.h"

#include "support/breaker.h"
#include "support/faultrounds.h"
#include "support/lonesupervisor.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum phase { PHASE_START, PHASE_DEATH, PHASE_NOTIFY, PHASE_STOP, PHASES } ;

enum { AGAIN_MS = 1000, SAMPLE_STEP = 89, UP = SVSTATUS_WANTEDUP | SVSTATUS_READY } ;

static char const *const phases[PHASES] = { "start", "death", "notify", "stop" } ;

typedef int wanted_func (struct lonesupervisor *) ;

static unsigned int deaths = 0 ;  /* how many there were, in this round */

static int is_up (struct lonesupervisor *s)
{
  struct lonesupervisor_state is ;
  lonesupervisor_look(s, &is) ;
  return is.flags == UP && is.copies == 1 && is.pid == is.last && is.begun == deaths + 1 ;
}

static int is_begun (struct lonesupervisor *s)
{
  struct lonesupervisor_state is ;
  lonesupervisor_look(s, &is) ;
  return is.flags == SVSTATUS_WANTEDUP && is.copies == 1 && is.pid == is.last && is.begun == 1 ;
}

static int is_down (struct lonesupervisor *s)
{
  struct lonesupervisor_state is ;
  lonesupervisor_look(s, &is) ;
  return is.flags == SVSTATUS_READY && !is.copies && !is.pid ;
}

static int is_tallied (struct lonesupervisor *s)
{
  struct lonesupervisor_state is ;
  lonesupervisor_look(s, &is) ;
  return is.deaths == (int)deaths ;
}

static int has_told_up (struct lonesupervisor *s) { return lonesupervisor_hears(s, "U") ; }
static int has_told_down (struct lonesupervisor *s) { return lonesupervisor_hears(s, "D") ; }
static int has_ended (struct lonesupervisor *s) { return !lonesupervisor_runs(s) ; }

 /* One that ends before it is told to is started again, as long as it may: in its start. */

static int waits (struct lonesupervisor *s, wanted_func *f, int mayend)
{
  for (unsigned int i = 0 ; i < FAULTROUNDS_SOON_MS / FAULTROUNDS_LOOK_MS ; i++)
  {
    if ((*f)(s)) return 1 ;
    if (f != &has_ended && !lonesupervisor_runs(s))
    {
      if (!mayend) return 0 ;
      test_sleep(AGAIN_MS) ;
      lonesupervisor_start(s, 0, 0, 0) ;
    }
    test_sleep(FAULTROUNDS_LOOK_MS) ;
  }
  return 0 ;
}

static char const *judge_end (struct lonesupervisor *s)
{
  struct lonesupervisor_state is ;
  lonesupervisor_order(s, "xd") ;
  if (!waits(s, &has_ended, 0)) return "xd does not end it" ;
  if (s->code) return "xd ends it with another code than 0" ;
  lonesupervisor_look(s, &is) ;
  return is.copies ? "the service lives on" : 0 ;
}

static char const *play_start (struct lonesupervisor *s, struct faultround const *r)
{
  lonesupervisor_start(s, r->at, r->number, r->ms) ;
  if (!waits(s, &is_up, 1)) return "not up" ;
  if (!waits(s, &has_told_up, 0)) return "U was not told" ;
  return 0 ;
}

static char const *play_death (struct lonesupervisor *s, struct faultround const *r)
{
  struct lonesupervisor_state is ;
  lonesupervisor_look(s, &is) ;
  s->heardlen = 0 ;
  breaker_arm(s->breaker, r->at, r->number, r->ms) ;
  kill(is.pid, SIGKILL) ;
  deaths++ ;
  if (!waits(s, &is_up, 0)) return "not up again" ;
  if (!waits(s, &is_tallied, 0)) return "the death is not in the tally" ;
  if (!waits(s, &has_told_down, 0) || !waits(s, &has_told_up, 0)) return "not all was told" ;
  return 0 ;
}

static char const *play_notify (struct lonesupervisor *s, struct faultround const *r)
{
  breaker_arm(s->breaker, r->at, r->number, r->ms) ;
  lonesupervisor_go(s) ;
  if (!waits(s, &is_up, 0)) return "not ready" ;
  if (!waits(s, &has_told_up, 0)) return "U was not told" ;
  return 0 ;
}

static char const *play_stop (struct lonesupervisor *s, struct faultround const *r)
{
  s->heardlen = 0 ;
  breaker_arm(s->breaker, r->at, r->number, r->ms) ;
  lonesupervisor_order(s, "d") ;
  deaths++ ;
  if (!waits(s, &is_down, 0)) return "not down" ;
  if (!waits(s, &is_tallied, 0)) return "the death is not in the tally" ;
  if (!waits(s, &has_told_down, 0)) return "D was not told" ;
  lonesupervisor_order(s, "u") ;
  return waits(s, &is_up, 0) ? 0 : "not up by u" ;
}

static void tell (struct lonesupervisor *s, struct faultround const *r, char const *why)
{
  struct lonesupervisor_state is ;
  char command[256] ;
  lonesupervisor_look(s, &is) ;
  printf("# %s: call %u (%ld) fails with %s for %u ms: %s: pid %d flags %u begun %u copies %u finished %u deaths %d heard %s code %x\n",
    phases[r->phase], r->at, s->breaker->kind, strerror(r->number), r->ms, why,
    (int)is.pid, is.flags, is.begun, is.copies, is.finished, is.deaths, s->heard, (unsigned int)s->code) ;
  fflush(stdout) ;
  snprintf(command, sizeof(command), "sed 's/^/#   /' %s/err", s->dir) ;
  if (system(command)) printf("# no err\n") ;
}

 /* 1: all was well. calls: how many there were. */

static int play (struct faultround const *r, unsigned int worker, unsigned int *calls)
{
  static char const *(*const plays[PHASES]) (struct lonesupervisor *, struct faultround const *) = { &play_start, &play_death, &play_notify, &play_stop } ;
  struct lonesupervisor s ;
  char dir[32] ;
  char const *why = 0 ;
  snprintf(dir, sizeof(dir), "service%u", worker) ;
  deaths = 0 ;
  lonesupervisor_make(&s, dir, r->phase == PHASE_NOTIFY) ;
  if (r->phase != PHASE_START)
  {
    lonesupervisor_start(&s, 0, 0, 0) ;
    if (!waits(&s, r->phase == PHASE_NOTIFY ? &is_begun : &is_up, 0)) why = "not up before the fault" ;
  }
  if (!why) why = (*plays[r->phase])(&s, r) ;
  *calls = s.breaker->calls ;
  breaker_disarm(s.breaker) ;
  if (!why) why = judge_end(&s) ;
  if (why) tell(&s, r, why) ;
  lonesupervisor_end(&s) ;
  return !why ;
}

int main (int argc, char const *const *argv)
{
  static struct faultrounds const f = { .phases = phases, .n = PHASES, .step = SAMPLE_STEP, .play = &play } ;
  return faultrounds_main(argc, argv, &f) ;
}
