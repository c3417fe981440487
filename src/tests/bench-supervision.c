/* ISC license. */

 /*
   The part of make bench that is about supervision: s6-svscan, s6-supervise
   and their clients, and those of the directory PEER, if it is given, in
   turn; the least of five. What PEER asked for and cannot run is an error.
   QUICK in the environment: everything once, and little of it.
 */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "support/bench.h"
#include "support/benchrow.h"
#include "support/benchtree.h"
#include "support/rules.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { SIDES = BENCHROW_SIDES, ROUNDS = 5, PAIRS = 20, FEW = 50, WEIGHED = 60, LIVED_MS = 2100, IDLE_MS = 20000, DESCRIPTORS = 1024 } ;
enum { LEAST_TRACED = 10, MOST_TRACED = 110 } ;
enum { READY, UNREADY } ;  /* what is done to which service; s2 is commanded */

static char build[4096] ;
static char service[4200] ;
static struct benchtree trees[SIDES] ;
static unsigned int sides = 1 ;

static void stop (void)
{
  for (unsigned int i = 0 ; i < sides ; i++) benchtree_stop(trees + i) ;
}

static double since (uint64_t start)
{
  return (bench_now() - start) / 1e6 ;
}

static unsigned int rounds (unsigned int n)
{
  return bench_quick() ? 1 : n ;
}

 /* s6-svwait for all of them */

static char const *const *waiting (unsigned int count)
{
  static char names[BENCHTREE_MOST][sizeof("scan/s") + UINT_FMT] ;
  static char const *argv[BENCHTREE_MOST + 3] = { "s6-svwait", "-u" } ;
  for (unsigned int i = 0 ; i < count ; i++)
  {
    snprintf(names[i], sizeof(names[i]), "scan/s%u", i) ;
    argv[i + 2] = names[i] ;
  }
  argv[count + 2] = 0 ;
  return argv ;
}

static void succeed (unsigned int side, char const *const *argv)
{
  int status = benchtree_run(trees + side, argv, 0) ;
  if (!status) return ;
  fprintf(stderr, "%s: fatal: %s of %s: wait status %d\n", PROG, argv[0], trees[side].programs, status) ;
  exit(111) ;
}

static void time_svwait (struct benchrow *r, unsigned int side, unsigned int count)
{
  uint64_t start = bench_now() ;
  succeed(side, waiting(count)) ;
  benchrow_take(r, side, since(start)) ;
}

 /* What the process does from a point on at which it waits for a byte. */

static int gated[2] ;

static void gate (void)
{
  if (pipe(gated) == -1) tap_bail("pipe") ;
}

static void open_gate (void)
{
  if (write(gated[1], "", 1) != 1) tap_bail("write") ;
  close(gated[0]) ;
  close(gated[1]) ;
}

static void count_svwait (struct benchrow *r, unsigned int side, unsigned int count)
{
  pid_t pid, tracer ;
  gate() ;
  pid = benchtree_spawn(trees + side, waiting(count), 0, gated[0]) ;
  tracer = bench_trace(pid) ;
  open_gate() ;
  waitpid(pid, 0, 0) ;
  if (tracer) benchrow_take(r, side, bench_traced(tracer)) ;
}

 /* Many services */

static void boot (unsigned int side, unsigned int count, unsigned int ready)
{
  benchtree_fill(trees + side, count, ready, service) ;
  benchtree_start(trees + side, -1) ;
  benchtree_await(trees + side, count) ;
}

static void many (unsigned int count)
{
  struct benchrow up = { .title = "svscan to all of them up, ms" } ;
  struct benchrow processor = { .title = "processor time of that and of their end, ms" } ;
  struct benchrow size = { .title = "PSS of a supervisor, kB" } ;
  struct benchrow wait = { .title = "s6-svwait -u of all, ms" } ;
  struct benchrow calls = { .title = "  its system calls" } ;
  struct benchrow failed = { .title = "  its wait status with 1,024 descriptors" } ;
  for (unsigned int round = 0 ; round < rounds(ROUNDS) ; round++)
    for (unsigned int i = 0 ; i < sides ; i++)
    {
      uint64_t start ;
      benchtree_fill(trees + i, count, 0, service) ;
      start = bench_now() ;
      benchtree_start(trees + i, -1) ;
      benchtree_await(trees + i, count) ;
      benchrow_take(&up, i, since(start)) ;
      benchrow_take(&size, i, benchtree_pss(trees + i, count < WEIGHED ? count : WEIGHED)) ;
      time_svwait(&wait, i, count) ;
      if (!round) count_svwait(&calls, i, count) ;
      if (!round) benchrow_take(&failed, i, benchtree_run(trees + i, waiting(count), DESCRIPTORS)) ;
      benchrow_take(&processor, i, benchtree_stop(trees + i) * 1000) ;
    }
  benchrow_print(&up, "0.75") ;
  benchrow_print(&processor, "") ;
  benchrow_print(&size, "0.85, static 0.65") ;
  benchrow_print(&wait, "0.2") ;
  benchrow_print(&calls, "") ;
  benchrow_print(&failed, "0") ;
}

 /* With the system calls of LEAST_TRACED left out, so are those of s6-svscan's own start. */

static double traced_boot (unsigned int side, unsigned int count)
{
  pid_t tracer ;
  double calls ;
  benchtree_fill(trees + side, count, 0, service) ;
  gate() ;
  benchtree_start(trees + side, gated[0]) ;
  tracer = bench_trace(trees[side].pid) ;
  open_gate() ;
  benchtree_await(trees + side, count) ;
  calls = tracer ? (test_sleep(500), bench_traced(tracer)) : -1 ;  /* what is done after the last one is up */
  benchtree_stop(trees + side) ;
  return calls ;
}

static void calls_each (void)
{
  struct benchrow r = { .title = "system calls for each service started, its own too" } ;
  for (unsigned int i = 0 ; i < sides ; i++)
  {
    double least = traced_boot(i, LEAST_TRACED) ;
    double most = traced_boot(i, MOST_TRACED) ;
    if (least >= 0 && most >= 0) benchrow_take(&r, i, (most - least) / (MOST_TRACED - LEAST_TRACED)) ;
  }
  if (!r.count[0]) puts("(no strace, or none that may trace: no system calls are counted)") ;
  benchrow_print(&r, "90 and its own") ;
}

 /* One service of a few */

static void crash (struct benchrow *r, unsigned int side, unsigned int which)
{
  uint64_t start ;
  struct benchtree *t = trees + side ;
  pid_t pid = t->services[which] ;
  start = bench_now() ;
  kill(pid, SIGKILL) ;
  benchtree_await(t, 1) ;
  benchrow_take(r, side, since(start)) ;
  if (t->services[which] == pid) tap_bail("another service is up again") ;
}

static void command (struct benchrow *r, unsigned int side)
{
  static char const *const down[] = { "s6-svc", "-wd", "-d", "scan/s2", 0 } ;
  static char const *const up[] = { "s6-svc", "-wu", "-u", "scan/s2", 0 } ;
  uint64_t start = bench_now() ;
  succeed(side, down) ;
  succeed(side, up) ;
  benchrow_take(r, side, since(start)) ;
  benchtree_await(trees + side, 1) ;
}

static void few (void)
{
  struct benchrow ready = { .title = "crash of a ready service to up again, ms" } ;
  struct benchrow unready = { .title = "  of one without readiness that lived 2 s, ms" } ;
  struct benchrow pair = { .title = "s6-svc -wd -d and -wu -u, the pair, ms" } ;
  struct benchrow wakes = { .title = "wake-ups of 51 idle processes in 20 s" } ;
  long before[SIDES] ;
  for (unsigned int i = 0 ; i < sides ; i++) boot(i, FEW, 1) ;
  for (unsigned int round = 0 ; round < rounds(ROUNDS) ; round++)
  {
    test_sleep(LIVED_MS) ;
    for (unsigned int i = 0 ; i < sides ; i++) crash(&ready, i, READY) ;
    for (unsigned int i = 0 ; i < sides ; i++) crash(&unready, i, UNREADY) ;
  }
  for (unsigned int n = 0 ; n < rounds(PAIRS) ; n++)
    for (unsigned int i = 0 ; i < sides ; i++) command(&pair, i) ;
  test_sleep(LIVED_MS) ;
  for (unsigned int i = 0 ; i < sides ; i++) before[i] = benchtree_switches(trees + i) ;
  test_sleep(bench_quick() ? LIVED_MS : IDLE_MS) ;
  for (unsigned int i = 0 ; i < sides ; i++) benchrow_take(&wakes, i, benchtree_switches(trees + i) - before[i]) ;
  benchrow_print(&ready, "1.0") ;
  benchrow_print(&unready, "5 ms") ;
  benchrow_print(&pair, "0.5") ;
  benchrow_print(&wakes, "0") ;
  stop() ;
}

int main (void)
{
  char const *peer = getenv("PEER") ;
  unsigned int count = bench_quick() ? FEW : BENCHTREE_MOST ;
  PROG = "bench-supervision" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  snprintf(service, sizeof(service), "%s/src/tests/bin/bench-service", build) ;
  bench_raise_limit() ;
  rules_public_place() ;
  benchtree_init(trees, "t0", "the current directory", build) ;
  if (peer && *peer) benchtree_init(trees + sides++, "t1", "PEER", peer) ;
  atexit(&stop) ;
  printf("supervision: %u services; %s\n", count, bench_quick() ? "everything once: no measurement" : "the least of 5, in turn") ;
  printf("%-52s %10s %10s %8s  %s\n", "", "ours", "peer", "ratio", "goal") ;
  many(count) ;
  calls_each() ;
  few() ;
  return 0 ;
}
