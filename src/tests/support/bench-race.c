/* ISC license. */

#include <skalibs/nonposix.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/resource.h>

#include "bench.h"

enum { ROUNDS_MAX = 64 } ;

uint64_t bench_now (void)
{
  struct timespec t ;
  clock_gettime(CLOCK_MONOTONIC, &t) ;
  return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec ;
}

void bench_pin (void)
{
  cpu_set_t set ;
  CPU_ZERO(&set) ;
  CPU_SET(0, &set) ;
  if (sched_setaffinity(0, sizeof(set), &set) == -1) puts("(not pinned to one processor)") ;
}

static int compare (void const *a, void const *b)
{
  double x = *(double const *)a, y = *(double const *)b ;
  return x < y ? -1 : x > y ;
}

void bench_race (struct bench_contender *c, unsigned int count, unsigned int rounds)
{
  double times[count][ROUNDS_MAX] ;
  if (rounds > ROUNDS_MAX) rounds = ROUNDS_MAX ;
  if (bench_quick()) rounds = 1 ;
  for (unsigned int r = 0 ; r < rounds ; r++)
    for (unsigned int i = 0 ; i < count ; i++)
    {
      unsigned int times_each = bench_quick() ? 1 : c[i].n ;
      uint64_t start ;
      (*c[i].work)(c[i].data) ;  /* finds its way back into the caches */
      start = bench_now() ;
      for (unsigned int n = times_each ; n ; n--) (*c[i].work)(c[i].data) ;
      times[i][r] = (double)(bench_now() - start) / times_each ;
    }
  for (unsigned int i = 0 ; i < count ; i++)
  {
    qsort(times[i], rounds, sizeof(double), &compare) ;
    c[i].median = times[i][rounds / 2] ;
  }
}

void bench_print (char const *title, struct bench_contender const *c, unsigned int count, char const *peer)
{
  double other = 0 ;
  for (unsigned int i = 0 ; i < count ; i++) if (!strcmp(c[i].name, peer)) other = c[i].median ;
  printf("\n%-44s %12s %10s %10s\n", title, "microseconds", "/ first", "/ peer") ;
  for (unsigned int i = 0 ; i < count ; i++)
  {
    printf("  %-42s %12.2f %10.2f ", c[i].name, c[i].median / 1000, c[i].median / c[0].median) ;
    if (other > 0) printf("%10.2f\n", c[i].median / other) ;
    else printf("%10s\n", "-") ;
  }
  fflush(stdout) ;
}

void bench_raise_limit (void)
{
  struct rlimit rl ;
  getrlimit(RLIMIT_NOFILE, &rl) ;
  rl.rlim_cur = rl.rlim_max ;
  setrlimit(RLIMIT_NOFILE, &rl) ;
}
