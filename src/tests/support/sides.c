/* ISC license. */

#include <skalibs/nonposix.h>

#include <sched.h>
#include <unistd.h>

#include "sides.h"
#include "tap.h"

enum { PERCENT_MAX = 120, RETRIEVES = 200, PAUSE_MS = 1000 } ;

static cpu_set_t allowed ;
static int processor = -1 ;  /* where all are; -1: anywhere */

static int pin (pid_t pid)
{
  cpu_set_t set ;
  CPU_ZERO(&set) ;
  CPU_SET(processor, &set) ;
  return sched_setaffinity(pid, sizeof(set), &set) == 0 ;
}

void sides_pin (void)
{
  processor = sched_getaffinity(0, sizeof(allowed), &allowed) == -1 ? -1 : sched_getcpu() ;
  if (processor >= 0 && pin(0)) return ;
  processor = -1 ;
  tap_diag("not on one processor") ;
}

 /* Another test may keep this one busy: of two at a time, one is done soon. */

static void go_elsewhere (struct side const *s)
{
  test_sleep(PAUSE_MS) ;
  if (processor < 0) return ;
  do processor = (processor + 1) % CPU_SETSIZE ;
  while (!CPU_ISSET(processor, &allowed)) ;
  if (!pin(0) || !pin(s[0].holder.pid) || !pin(s[1].holder.pid)) tap_bail("sched_setaffinity") ;
}

void side_begin (struct side *s, char const *path, char const *const *options, enum frame_dialect dialect, int file)
{
  testdaemon_start(&s->holder, path, options) ;
  raw_must_connect(&s->c, path, dialect) ;
  raw_must_store(&s->c, "file", file) ;
}

double side_retrieve (struct rawclient *c)
{
  double begun = test_seconds() ;
  for (unsigned int i = 0 ; i < RETRIEVES ; i++)
  {
    int fd ;
    if (raw_retrieve(c, 0, "file", &fd)) tap_bail("retrieve") ;
    close(fd) ;
  }
  return (test_seconds() - begun) / RETRIEVES ;
}

static unsigned int percent (struct side *s, side_cost_func *cost, unsigned int rounds)
{
  double ratio ;
  for (unsigned int i = 0 ; i < 2 ; i++) s[i].best = 1e9 ;
  for (unsigned int round = 0 ; round < 2 * rounds ; round++)
  {
    struct side *one = s + (round & 1) ;
    double took = (*cost)(&one->c) ;
    if (took < one->best) one->best = took ;
  }
  ratio = s[1].best / s[0].best * 100 ;
  return (unsigned int)ratio + ((unsigned int)ratio < ratio) ;
}

void sides_compare (struct side *s, side_cost_func *cost, unsigned int rounds, unsigned int tries, char const *name)
{
  unsigned int got = percent(s, cost, rounds) ;
  while (got > PERCENT_MAX && --tries)
  {
    go_elsewhere(s) ;
    got = percent(s, cost, rounds) ;
  }
  tap_most(got, PERCENT_MAX, "%s, in percent of what it takes without", name) ;
  tap_diag("%s: %.1f us with, %.1f us without: %.2f", name, s[1].best * 1e6, s[0].best * 1e6, s[1].best / s[0].best) ;
}
