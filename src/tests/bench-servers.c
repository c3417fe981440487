/* ISC license. */

 /*
   The part of make bench that is about super-servers: one run, one
   processor, ratios. The others: s6-ipcserverd and s6-tcpserverd of the
   directory PEER, or on the PATH; tcpserver of the directory UCSPI, or of
   what tools/fetch-peer ucspi-tcp unpacked, or on the PATH;
   systemd-socket-activate on the PATH. What a variable asked for and does
   not run is an error, save s6-tcpserverd, which is another package's
   than s6-ipcserverd. The floor is a server that does nothing but accept,
   spawn and wait: bench-accept. QUICK in the environment: everything once.
 */

#include <skalibs/nonposix.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

#include <skalibs/strerr.h>

#include "support/bench.h"
#include "support/benchserver.h"
#include "support/rules.h"
#include "support/tap.h"

enum { ROUNDS = 15, SERVERS_MAX = 5, VISITS = 200, CROWD = 256, ATONCE = 32, FEW = 10, MANY = 1000 } ;

static char const here[] = "the current directory" ;
static char build[4096] ;
static char nothing[4200] ;
static char programs[SERVERS_MAX][4200] ;
static struct benchserver servers[SERVERS_MAX] ;
static unsigned int count ;  /* the first is ours, the last one the floor */

static void visit (void *data)
{
  benchserver_visit(data) ;
}

static void crowd (void *data)
{
  benchserver_crowd(data, CROWD, ATONCE) ;
}

static void print (char const *title, struct bench_contender const *x)
{
  double best = 0 ;
  for (unsigned int i = 1 ; i < count - 1 ; i++) if (!best || x[i].median < best) best = x[i].median ;
  printf("\n%-44s %12s %10s %10s\n", title, "microseconds", "a second", "/ ours") ;
  for (unsigned int i = 0 ; i < count ; i++)
    printf("  %-42s %12.1f %10.0f %10.2f\n", x[i].name, x[i].median / 1000, 1e9 / x[i].median, x[i].median / x[0].median) ;
  if (best) printf("  %-42s %34.2f\n", "ours, in connections per second / the best", best / x[0].median) ;
  printf("  %-42s %34.2f\n", "our time / the floor's", x[0].median / x[count - 1].median) ;
  fflush(stdout) ;
}

 /* What others do on this machine meanwhile counts for little in it. */

static void processor_time (void)
{
  long ticks[SERVERS_MAX] = { 0 } ;
  double scale = 1e6 / sysconf(_SC_CLK_TCK) / (bench_quick() ? 1 : ROUNDS) / VISITS ;
  for (unsigned int round = bench_quick() ? ROUNDS - 1 : 0 ; round < ROUNDS ; round++)
    for (unsigned int i = 0 ; i < count ; i++)
    {
      ticks[i] -= benchserver_ticks(servers + i) ;
      for (unsigned int n = 0 ; n < VISITS ; n++) benchserver_visit(servers + i) ;
      ticks[i] += benchserver_ticks(servers + i) ;
    }
  printf("\n%-44s %12s %21s\n", "processor time, server and child", "microseconds", "/ ours") ;
  for (unsigned int i = 0 ; i < count ; i++)
    printf("  %-42s %12.1f %21.2f\n", servers[i].name, ticks[i] * scale, (double)ticks[i] / ticks[0]) ;
}

static void race (char const *protocol)
{
  struct bench_contender x[SERVERS_MAX] ;
  char title[64] ;
  for (unsigned int i = 0 ; i < count ; i++)
    x[i] = (struct bench_contender){ .name = servers[i].name, .work = &visit, .data = servers + i, .n = VISITS } ;
  bench_race(x, count, ROUNDS) ;
  snprintf(title, sizeof(title), "%s connections, one at a time", protocol) ;
  print(title, x) ;
  for (unsigned int i = 0 ; i < count ; i++) { x[i].work = &crowd ; x[i].n = 1 ; }
  bench_race(x, count, ROUNDS) ;
  for (unsigned int i = 0 ; i < count ; i++) x[i].median /= CROWD ;
  snprintf(title, sizeof(title), "%s connections, %d at once", protocol, ATONCE) ;
  print(title, x) ;
  processor_time() ;
  for (unsigned int i = 0 ; i < count ; i++)
  {
    struct bench_daemon traced = { .pid = servers[i].pid } ;
    double calls = bench_daemon_calls(&traced, &visit, servers + i, VISITS) ;
    if (calls >= 0) printf("  system calls of the server for one: %-24s %6.2f\n", servers[i].name, calls) ;
  }
}

 /* The program NAME of that directory, or on the PATH where there is none given. With a
    VARIABLE, which named the directory, it must run. */

static void add (char const *variable, char const *label, enum benchserver_kind kind, char const *directory, char const *name, char const *limit, char const *child)
{
  char const *argv[] = { nothing, child, 0 } ;
  int status ;
  if (directory) snprintf(programs[count], sizeof(programs[0]), "%s/%s", directory, name) ;
  else snprintf(programs[count], sizeof(programs[0]), "%s", name) ;
  if (benchserver_start(servers + count, label, kind, programs[count], limit, argv, bench_environment(directory ? directory : ""), &status)) count++ ;
  else if (directory && variable) bench_cannot_run(variable, directory, name, status) ;
  else printf("(no %s)\n", label) ;
}

static void add_floor (enum benchserver_kind kind)
{
  char directory[4200] ;
  snprintf(directory, sizeof(directory), "%s/src/tests/bin", build) ;
  add(here, "floor: accept, posix_spawn, wait", kind, directory, "bench-accept", "40", 0) ;
}

static void stop (void)
{
  while (count) benchserver_stop(servers + --count) ;
}

 /* One more connection while others stay: two servers in turn, one with few, one with many. */

static int company[FEW + MANY] ;
static unsigned int company_len ;

static int held (struct benchserver const *b, unsigned int from)
{
  char c ;
  int fd = benchserver_connect(b, from, 0) ;
  if (read(fd, &c, 1) != 1) tap_bail(b->name) ;
  return fd ;
}

static void one_more (void *data)
{
  close(held(data, 0)) ;
}

static void fill (struct benchserver const *b, unsigned int n)
{
  for (; n-- ; company_len++) company[company_len] = held(b, company_len + 1) ;
}

static void concurrent (char const *label, enum benchserver_kind kind, char const *name)
{
  struct bench_contender x[2] =
  {
    { .name = "the 10th child", .work = &one_more, .data = servers, .n = 50 },
    { .name = "the 1000th child", .work = &one_more, .data = servers + 1, .n = 50 }
  } ;
  long before ;
  add(here, label, kind, build, name, "4000", "stay") ;
  add(here, label, kind, build, name, "4000", "stay") ;
  fill(servers, FEW - 1) ;
  fill(servers + 1, FEW - 1) ;
  before = benchserver_memory(servers + 1) ;
  fill(servers + 1, MANY - FEW) ;
  bench_race(x, 2, ROUNDS) ;
  bench_print(label, x, 2, "") ;
  printf("  resident, each of %d more%s: %.1f bytes\n", MANY - FEW, kind == BENCHSERVER_TCP ? ", from as many addresses" : "", (benchserver_memory(servers + 1) - before) * 1024. / (MANY - FEW)) ;
  while (company_len) close(company[--company_len]) ;
  stop() ;
}

static void raise_limits (void)
{
  struct rlimit rl ;
  getrlimit(RLIMIT_NOFILE, &rl) ;
  rl.rlim_cur = rl.rlim_max ;
  setrlimit(RLIMIT_NOFILE, &rl) ;
}

int main (void)
{
  char const *peer = getenv("PEER") ;
  char const *ucspi = getenv("UCSPI") ;
  char const *asked = ucspi ? "UCSPI" : 0 ;
  char unpacked[4200] ;
  char tcpserverd[4200] ;
  PROG = "bench-servers" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  snprintf(nothing, sizeof(nothing), "%s/src/tests/bin/bench-nothing", build) ;
  snprintf(unpacked, sizeof(unpacked), "%s/src/tests/peer/ucspi-tcp/usr/bin", build) ;
  if (!ucspi && !access(unpacked, X_OK)) ucspi = unpacked ;
  raise_limits() ;
  rules_public_place() ;
  bench_pin() ;
  atexit(&stop) ;
  if (bench_quick()) puts("super-servers: everything once: no measurement") ;
  else printf("super-servers: one run, one processor, medians of %d rounds\n", ROUNDS) ;
  snprintf(tcpserverd, sizeof(tcpserverd), "%s/s6-tcpserverd", peer ? peer : "") ;
  add(here, "s6-ipcserverd of s6-activation", BENCHSERVER_UNIX, build, "s6-ipcserverd", "40", 0) ;
  add("PEER", "s6-ipcserverd of the other s6", BENCHSERVER_UNIX, peer, "s6-ipcserverd", "40", 0) ;
  add_floor(BENCHSERVER_UNIX) ;
  race("Unix") ;
  stop() ;
  add(here, "s6-tcpserverd of s6-activation", BENCHSERVER_TCP, build, "s6-tcpserverd", "40", 0) ;
  add(access(tcpserverd, X_OK) ? 0 : "PEER", "s6-tcpserverd of the other s6", BENCHSERVER_TCP, peer, "s6-tcpserverd", "40", 0) ;
  add(asked, "tcpserver", BENCHSERVER_TCPSERVER, ucspi, "tcpserver", "40", 0) ;
  add(0, "systemd-socket-activate", BENCHSERVER_SYSTEMD, 0, "systemd-socket-activate", 0, 0) ;
  add_floor(BENCHSERVER_TCP) ;
  race("TCP") ;
  stop() ;
  concurrent("s6-ipcserverd, one more child", BENCHSERVER_UNIX, "s6-ipcserverd") ;
  concurrent("s6-tcpserverd, one more child", BENCHSERVER_TCP, "s6-tcpserverd") ;
  return 0 ;
}
