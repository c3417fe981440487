/* ISC license. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "breaker.h"
#include "faultrounds.h"
#include "tap.h"
#include "testdaemon.h"

enum { WORKERS = 16, FAULT_MS = 2000 } ;

static int const errors[] = { ENOSPC, EMFILE, ENFILE, ENOMEM, EAGAIN, EROFS, EINTR } ;
enum { ERRORS = sizeof(errors) / sizeof(errors[0]) } ;

struct plan
{
  struct faultround *rounds ;
  unsigned int n ;
} ;

static void make_plan (struct plan *p, struct faultrounds const *f)
{
  p->rounds = malloc(f->n * FAULTROUNDS_CALLS_MAX * ERRORS * 2 * sizeof(struct faultround)) ;
  if (!p->rounds) tap_bail("malloc") ;
  p->n = 0 ;
  for (unsigned int phase = 0 ; phase < f->n ; phase++)
  {
    struct faultround const none = { .phase = phase, .at = FAULTROUNDS_CALLS_MAX + 1, .number = EIO } ;
    unsigned int calls ;
    tap_ok((*f->play)(&none, WORKERS, &calls), "%s without a fault", f->phases[phase]) ;
    tap_ok(calls > 0 && calls <= FAULTROUNDS_CALLS_MAX, "%s: %u calls", f->phases[phase], calls) ;
    for (unsigned int at = 1 ; at <= calls && at <= FAULTROUNDS_CALLS_MAX ; at++)
      for (unsigned int i = 0 ; i < 2 * ERRORS ; i++)
        p->rounds[p->n++] = (struct faultround){ .phase = phase, .at = at, .number = errors[i / 2], .ms = i % 2 ? FAULT_MS : 0 } ;
  }
}

 /* Each worker plays every so manieth one. */

static int work (struct plan const *p, struct faultrounds const *f, unsigned int worker, unsigned int from, unsigned int step)
{
  unsigned int calls ;
  int isbad = 0 ;
  for (unsigned int i = from + worker * step ; i < p->n ; i += WORKERS * step)
    isbad |= !(*f->play)(p->rounds + i, worker, &calls) ;
  return isbad ;
}

int faultrounds_main (int argc, char const *const *argv, struct faultrounds const *f)
{
  struct plan p ;
  unsigned int step = argc > 1 ? strcmp(argv[1], "all") ? (unsigned int)atoi(argv[1]) : 1 : f->step ;
  unsigned int from = argc > 2 ? (unsigned int)atoi(argv[2]) : (unsigned int)getpid() % step ;
  pid_t pids[WORKERS] ;
  if (getenv("SANITIZED")) tap_skip_all("a sanitizer's own calls would fail, too") ;
  if (!breaker_works()) tap_skip_all("needs seccomp(2) with a listener") ;
  if (testdaemon_isslow()) tap_skip_all("a wrapper's calls would be counted") ;
  signal(SIGPIPE, SIG_IGN) ;
  make_plan(&p, f) ;
  tap_diag("%u rounds, every %uth from %u", p.n, step, from) ;
  fflush(stdout) ;
  for (unsigned int i = 0 ; i < WORKERS ; i++)
  {
    pids[i] = fork() ;
    if (pids[i] == -1) tap_bail("fork") ;
    if (!pids[i]) exit(work(&p, f, i, from, step)) ;
  }
  for (unsigned int i = 0 ; i < WORKERS ; i++)
  {
    int status ;
    if (waitpid(pids[i], &status, 0) != pids[i]) tap_bail("waitpid") ;
    tap_ok(!status, "worker %u", i) ;
  }
  free(p.rounds) ;
  return tap_done() ;
}
