/* ISC license. */

 /*
    make bench: what a request costs beside idle connections, and what those
    cost. Half of them have said nothing, half were served. The most that
    there are is 10,000, or as many as the limit on open files allows. QUICK
    in the environment: everything once.
 */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/resource.h>

#include <skalibs/strerr.h>

#include "support/bench.h"
#include "support/rules.h"
#include "support/tap.h"

enum { ROUNDS = 15, SIDES = 4, MOST = 10000, MARGIN = 1000, PER_CONNECTION = 5, MEASURED = 1000, WARM = 200 } ;

struct side
{
  struct bench_daemon daemon ;
  struct bench_client client ;
  unsigned int idle ;
  char maxconn[16] ;
  char name[64] ;
} ;

static char build[4096] ;
static struct side sides[SIDES] = { { .idle = 0 }, { .idle = 100 }, { .idle = 1000 }, { .idle = MOST } } ;
static int null ;
static char const id[] = "unix:/my/socket-0001" ;  /* what the work asks for */

 /* Of ours: four for each connection of one holder, and its other end, of all sides, here. */

static unsigned int most (void)
{
  struct rlimit limit ;
  rlim_t n ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("getrlimit") ;
  n = limit.rlim_cur > MARGIN ? (limit.rlim_cur - MARGIN) / PER_CONNECTION : 0 ;
  return n < MOST ? (unsigned int)n : MOST ;
}

static void begin (struct side *s)
{
  int status ;
  snprintf(s->maxconn, sizeof(s->maxconn), "%u", s->idle + 64) ;
  snprintf(s->name, sizeof(s->name), "beside %u idle connections", s->idle) ;
  s->daemon.maxconn = s->maxconn ;
  if (!bench_daemon_start(&s->daemon, s->name, build, "100", &status)) bench_cannot_run("the current directory", build, "s6-fdholderd", status) ;
  s->client = (struct bench_client){ .daemon = &s->daemon, .dialect = BENCH_NATIVE, .fd = bench_connect(&s->daemon, BENCH_NATIVE) } ;
  bench_store(s->client.fd, BENCH_NATIVE, null, id, 0) ;
}

static void crowd (struct side *s, unsigned int n, int isserved)
{
  for (unsigned int i = 0 ; i < n ; i++)
  {
    int fd = bench_connect(&s->daemon, BENCH_S6) ;
    if (isserved) bench_retrieve(fd, BENCH_S6, id) ;
  }
}

static void race (char const *title, void (*work) (void *), unsigned int n, unsigned int times)
{
  struct bench_contender x[SIDES] ;
  for (unsigned int i = 0 ; i < n ; i++) x[i] = (struct bench_contender){ .name = sides[i].name, .work = work, .data = &sides[i].client, .n = times } ;
  bench_race(x, n, ROUNDS) ;
  bench_print(title, x, n, "") ;
}

 /* One connection is accepted in a turn: all are in, then. */

static void settle (struct side const *s)
{
  for (unsigned int i = 0 ; i < MEASURED ; i++) bench_retrieve(s->client.fd, BENCH_NATIVE, id) ;
}

 /* The other ends stay open here until the end. */

static void weigh (char const *what, int isserved)
{
  struct side s = { .idle = WARM + MEASURED } ;
  long before ;
  begin(&s) ;
  crowd(&s, WARM, isserved) ;
  settle(&s) ;
  before = bench_daemon_rss(&s.daemon) ;
  crowd(&s, MEASURED, isserved) ;
  settle(&s) ;
  printf("resident, each of %d connections that %s: %.0f bytes\n", MEASURED, what, (bench_daemon_rss(&s.daemon) - before) * 1024. / MEASURED) ;
  bench_daemon_stop(&s.daemon) ;
}

int main (void)
{
  PROG = "bench-idle" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  bench_raise_limit() ;
  rules_public_place() ;
  bench_pin() ;
  null = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  sides[SIDES - 1].idle = most() ;
  for (unsigned int i = 0 ; i < SIDES ; i++)
  {
    begin(sides + i) ;
    crowd(sides + i, sides[i].idle / 2, 0) ;
    crowd(sides + i, sides[i].idle - sides[i].idle / 2, 1) ;
  }
  race("retrieve over a held connection", &bench_work_retrieve_held, SIDES, 1000) ;
  race("connect + retrieve + close", &bench_work_retrieve_once, SIDES - 1, 300) ;
  for (unsigned int i = 0 ; i < SIDES ; i++) bench_daemon_stop(&sides[i].daemon) ;
  putchar('\n') ;
  weigh("have said nothing", 0) ;
  weigh("were served, and are idle", 1) ;
  return 0 ;
}
