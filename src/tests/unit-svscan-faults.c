/* ISC license. */

/* s6-svscan, when any one of its system calls fails, once or for a while, at its beginning,
   in a scan, when supervisors die, at its end: it lives, or is started again; soon after
   there is one supervisor for each service and logger that is in the scan directory, and
   none for another; a pair has its pipe, and that pipe its name; t still ends it, and
   all that the services have written was read.
   Its arguments are those of support/faultrounds.h. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/breaker.h"
#include "support/faultrounds.h"
#include "support/lonescan.h"
#include "support/testdaemon.h"

enum phase { PHASE_START, PHASE_SCAN, PHASE_DEATH, PHASE_END, PHASES } ;

enum { AGAIN_MS = 1000, SAMPLE_STEP = 131 } ;

static char const *const phases[PHASES] = { "start", "scan", "death", "end" } ;

typedef int wanted_func (struct lonescan *) ;

static unsigned int wanted[LONESCAN_PARTS] ;  /* how many copies there are to be */
static unsigned int begun[LONESCAN_PARTS] ;  /* and so often, at least, that they were started */

static void want (unsigned int a, unsigned int b, unsigned int c)
{
  wanted[LONESCAN_A] = a ;
  wanted[LONESCAN_B] = wanted[LONESCAN_LOGGER] = b ;
  wanted[LONESCAN_C] = c ;
}

static int is_wanted (struct lonescan *s)
{
  for (unsigned int i = 0 ; i < LONESCAN_PARTS ; i++)
  {
    struct lonescan_state is ;
    lonescan_look(s, i, &is) ;
    if (is.copies != wanted[i] || is.begun < begun[i]) return 0 ;
    if (is.copies && kill(is.last, 0) == -1) return 0 ;
  }
  return !wanted[LONESCAN_LOGGER] || !lonescan_unread(s) ;
}

static int has_ended (struct lonescan *s) { return !lonescan_runs(s) ; }
static int hears_end (struct lonescan *s) { return lonescan_order(s, "t") ; }

 /* One that ends before it is told to is started again, as long as it may: at its beginning. */

static int waits (struct lonescan *s, wanted_func *f, int mayend)
{
  for (unsigned int i = 0 ; i < FAULTROUNDS_SOON_MS / FAULTROUNDS_LOOK_MS ; i++)
  {
    if ((*f)(s)) return 1 ;
    if (f != &has_ended && !lonescan_runs(s))
    {
      if (!mayend) return 0 ;
      test_sleep(AGAIN_MS) ;
      lonescan_start(s, 0, 0, 0) ;
    }
    test_sleep(FAULTROUNDS_LOOK_MS) ;
  }
  return 0 ;
}

 /* Where there is no space for a name there is none. */

static int has_name (struct lonescan const *s, struct faultround const *r)
{
  return r->number == ENOSPC || r->number == EROFS || lonescan_pipes(s) == 1 ;
}

static char const *play_start (struct lonescan *s, struct faultround const *r)
{
  want(1, 1, 0) ;
  lonescan_start(s, r->at, r->number, r->ms) ;
  if (!waits(s, &is_wanted, 1)) return "not all are up" ;
  return has_name(s, r) ? 0 : "the pipe has no name" ;
}

static char const *play_scan (struct lonescan *s, struct faultround const *r)
{
  lonescan_put(s, "a", 0) ;
  lonescan_put(s, "b", 1) ;
  lonescan_put(s, "c", 1) ;
  want(0, 1, 1) ;
  breaker_arm(s->breaker, r->at, r->number, r->ms) ;
  if (!lonescan_order(s, "an")) return "nobody hears" ;
  if (!waits(s, &is_wanted, 0)) return "not as the scan directory is" ;
  return has_name(s, r) ? 0 : "the pipe has no name" ;
}

static char const *play_death (struct lonescan *s, struct faultround const *r)
{
  breaker_arm(s->breaker, r->at, r->number, r->ms) ;
  for (unsigned int i = LONESCAN_B ; i <= LONESCAN_LOGGER ; i++)
  {
    struct lonescan_state is ;
    lonescan_look(s, i, &is) ;
    begun[i] = is.begun + 1 ;
    kill(is.last, SIGKILL) ;
  }
  return waits(s, &is_wanted, 0) ? 0 : "not all are up again" ;
}

 /* The end itself comes with the judgement. */

static char const *play_end (struct lonescan *s, struct faultround const *r)
{
  breaker_arm(s->breaker, r->at, r->number, r->ms) ;
  return 0 ;
}

 /* A name that cannot be removed is so by the next one. */

static int has_leftovers (struct lonescan *s)
{
  if (!lonescan_pipes(s)) return 0 ;
  lonescan_start(s, 0, 0, 0) ;
  return !waits(s, &hears_end, 0) || !waits(s, &has_ended, 0) || lonescan_pipes(s) ;
}

static char const *judge_end (struct lonescan *s)
{
  if (!lonescan_order(s, "t")) return "nobody hears t" ;
  if (!waits(s, &has_ended, 0)) return "t does not end it" ;
  if (s->code) return "t ends it with another code than 0" ;
  want(0, 0, 0) ;
  if (!is_wanted(s)) return "a supervisor lives on" ;
  if (lonescan_unread(s)) return "not all was read" ;
  return has_leftovers(s) ? "the name of a pipe is left" : 0 ;
}

static void tell (struct lonescan *s, struct faultround const *r, char const *why)
{
  char command[256] ;
  printf("# %s: call %u (%ld) fails with %s for %u ms: %s: code %x, unread %u, pipes %u\n", phases[r->phase], r->at,
    s->breaker->kind, strerror(r->number), r->ms, why, (unsigned int)s->code, lonescan_unread(s), lonescan_pipes(s)) ;
  for (unsigned int i = 0 ; i < LONESCAN_PARTS ; i++)
  {
    struct lonescan_state is ;
    lonescan_look(s, i, &is) ;
    printf("#   %u of %u copies, begun %u\n", is.copies, wanted[i], is.begun) ;
  }
  fflush(stdout) ;
  snprintf(command, sizeof(command), "sed 's/^/#   /' %s/err", s->dir) ;
  if (system(command)) printf("# no err\n") ;
}

static char const *begin (struct lonescan *s, struct faultround const *r)
{
  memset(begun, 0, sizeof(begun)) ;
  lonescan_put(s, "a", 1) ;
  if (r->phase != PHASE_SCAN) lonescan_put(s, "b", 1) ;
  if (r->phase == PHASE_START) return 0 ;
  want(1, r->phase != PHASE_SCAN, 0) ;
  lonescan_start(s, 0, 0, 0) ;
  return waits(s, &is_wanted, 0) ? 0 : "not up before the fault" ;
}

static int play (struct faultround const *r, unsigned int worker, unsigned int *calls)
{
  static char const *(*const plays[PHASES]) (struct lonescan *, struct faultround const *) = { &play_start, &play_scan, &play_death, &play_end } ;
  struct lonescan s ;
  char dir[16] ;
  char const *why ;
  snprintf(dir, sizeof(dir), "scan%u", worker) ;
  lonescan_make(&s, dir) ;
  why = begin(&s, r) ;
  if (!why) why = (*plays[r->phase])(&s, r) ;
  *calls = s.breaker->calls ;
  if (r->phase != PHASE_END) breaker_disarm(s.breaker) ;
  if (!why) why = judge_end(&s) ;
  if (r->phase == PHASE_END) *calls = s.breaker->calls ;
  if (why) tell(&s, r, why) ;
  lonescan_end(&s) ;
  return !why ;
}

int main (int argc, char const *const *argv)
{
  static struct faultrounds const f = { .phases = phases, .n = PHASES, .step = SAMPLE_STEP, .play = &play } ;
  lonescan_program(argc, argv) ;
  return faultrounds_main(argc, argv, &f) ;
}
