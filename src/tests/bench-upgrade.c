/* ISC license. */

 /*
    make bench: what clients see of a holder that executes itself again and
    again. First eight of them, all busy, with an upgrade every 100 ms: any error
    ends the run, the worst latency is told. Then one that asks all the time,
    beside 10,000 that are held: for how long the holder is away, against one
    dump of as many. Not on one processor, for the trial has its own time. QUICK in
    the environment: everything once.
 */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "support/bench.h"
#include "support/rules.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum
{
  CLIENTS = 8,
  OPERATIONS = 100000,  /* of all of them */
  OPERATIONS_QUICK = 4000,
  PER_CYCLE = 3,
  EVERY_MS = 100,
  ROUNDS = 15,
  AUXV_MAX = 1024,
  NANOSECONDS_PER_MS = 1000000,
  PATIENCE_S = 30
} ;

static char build[4096] ;
static int null ;

struct seen
{
  uint64_t worst ;  /* nanoseconds */
} ;

 /* What the kernel told the image at its beginning: never the same twice. */

struct image
{
  char s[AUXV_MAX] ;
  size_t len ;
} ;

static void look (struct image *i, pid_t pid)
{
  char path[64] ;
  int fd ;
  ssize_t r ;
  snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid) ;
  fd = open(path, O_RDONLY | O_CLOEXEC) ;
  r = fd < 0 ? -1 : read(fd, i->s, sizeof(i->s)) ;
  if (fd >= 0) close(fd) ;
  i->len = r > 0 ? (size_t)r : 0 ;
}

static int is_other (struct image const *i, pid_t pid)
{
  struct image now ;
  look(&now, pid) ;
  return now.len && (now.len != i->len || memcmp(now.s, i->s, now.len)) ;
}

static void begin (struct bench_daemon *b, char const *maxfds)
{
  int status ;
  if (!bench_daemon_start(b, "s6-activation", build, maxfds, &status)) bench_cannot_run("the current directory", build, "s6-fdholderd", status) ;
}

static uint64_t since (uint64_t *from)
{
  uint64_t now = bench_now(), took = now - *from ;
  *from = now ;
  return took ;
}

static void note (struct seen *s, uint64_t took)
{
  if (took > s->worst) s->worst = took ;
}

 /* Whatever is not as it must be ends the process with another code than 0. */

static void be_client (struct bench_daemon const *b, unsigned int number, unsigned int operations, struct seen *seen)
{
  enum bench_dialect d = number & 1 ? BENCH_S6 : BENCH_NATIVE ;
  int s = bench_connect(b, d) ;
  uint64_t t = bench_now() ;
  char id[32] ;
  snprintf(id, sizeof(id), "client %u", number) ;
  for (unsigned int i = 0 ; i < operations ; i += PER_CYCLE)
  {
    bench_store(s, d, null, id, 0) ;
    note(seen, since(&t)) ;
    bench_retrieve(s, d, id) ;
    note(seen, since(&t)) ;
    bench_delete(s, d, id) ;
    note(seen, since(&t)) ;
  }
  _exit(0) ;
}

static unsigned int reap (pid_t const *clients, unsigned int *failed, unsigned char *isdone)
{
  unsigned int left = 0 ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++)
  {
    int status ;
    if (isdone[i]) continue ;
    if (waitpid(clients[i], &status, WNOHANG) == clients[i])
    {
      isdone[i] = 1 ;
      *failed += status != 0 ;
    }
    else left++ ;
  }
  return left ;
}

static void busy (void)
{
  struct bench_daemon b = { .maxconn = "64" } ;
  struct seen *seen = mmap(0, CLIENTS * sizeof(struct seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  unsigned int operations = bench_quick() ? OPERATIONS_QUICK : OPERATIONS ;
  unsigned int failed = 0, asked = 0, done = 0 ;
  unsigned char isdone[CLIENTS] = { 0 } ;
  pid_t clients[CLIENTS] ;
  uint64_t worst = 0, begun = bench_now() ;
  struct image image ;
  if (seen == MAP_FAILED) tap_bail("mmap") ;
  begin(&b, "1000") ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++)
  {
    clients[i] = fork() ;
    if (clients[i] == -1) tap_bail("fork") ;
    if (!clients[i]) be_client(&b, i, operations / CLIENTS, seen + i) ;
  }
  while (reap(clients, &failed, isdone))
  {
    look(&image, b.pid) ;
    kill(b.pid, SIGUSR1) ;
    asked++ ;
    test_sleep(EVERY_MS) ;
    done += is_other(&image, b.pid) ;
  }
  for (unsigned int i = 0 ; i < CLIENTS ; i++) if (seen[i].worst > worst) worst = seen[i].worst ;
  printf("\n%d clients, %u operations in %.1f s, an upgrade every %d ms: %u of %u done in time\n", CLIENTS, operations, (bench_now() - begun) / 1e9, EVERY_MS, done, asked) ;
  printf("  clients with an error: %u; worst latency %.2f ms\n", failed, worst / 1e6) ;
  bench_daemon_stop(&b) ;
  if (failed) strerr_dief(1, "clients of a holder that executes itself saw errors") ;
}

 /* The longest that an answer took until the next image was there, and a little longer. */

static double away (struct bench_daemon const *b, int s)
{
  struct image image ;
  uint64_t end = bench_now() + (uint64_t)PATIENCE_S * 1000 * NANOSECONDS_PER_MS, t ;
  struct seen seen = { .worst = 0 } ;
  int isnew = 0 ;
  look(&image, b->pid) ;
  kill(b->pid, SIGUSR1) ;
  t = bench_now() ;
  while (t < end)
  {
    bench_retrieve(s, BENCH_NATIVE, "held 0") ;
    note(&seen, since(&t)) ;
    if (isnew || !is_other(&image, b->pid))
    {
      t = bench_now() ;
      continue ;
    }
    isnew = 1 ;
    end = t + (uint64_t)EVERY_MS * NANOSECONDS_PER_MS ;
  }
  if (!isnew) strerr_dief(1, "the holder does not execute itself") ;
  return seen.worst / 1e6 ;
}

static int compare (void const *a, void const *b)
{
  double x = *(double const *)a, y = *(double const *)b ;
  return x < y ? -1 : x > y ;
}

static void full (void)
{
  struct bench_daemon b = { .maxconn = "64" } ;
  double gone[ROUNDS], dump[ROUNDS] ;
  unsigned int rounds = bench_quick() ? 1 : ROUNDS ;
  char id[32] ;
  int s ;
  begin(&b, "12000") ;
  s = bench_connect(&b, BENCH_NATIVE) ;
  for (unsigned int i = 0 ; i < BENCH_HELD_MAX ; i++)
  {
    snprintf(id, sizeof(id), "held %u", i) ;
    bench_store(s, BENCH_NATIVE, null, id, 0) ;
  }
  for (unsigned int i = 0 ; i < rounds ; i++)
  {
    uint64_t t = bench_now() ;
    if (bench_getdump(s, BENCH_NATIVE) != BENCH_HELD_MAX) tap_bail("getdump") ;
    dump[i] = since(&t) / 1e6 ;
    gone[i] = away(&b, s) ;
  }
  qsort(gone, rounds, sizeof(double), &compare) ;
  qsort(dump, rounds, sizeof(double), &compare) ;
  printf("\nwith %d held, away for %.2f ms (%.2f to %.2f); a dump of as many takes %.2f ms: %.2f times\n",
    BENCH_HELD_MAX, gone[rounds / 2], gone[0], gone[rounds - 1], dump[rounds / 2], gone[rounds / 2] / dump[rounds / 2]) ;
  close(s) ;
  bench_daemon_stop(&b) ;
}

int main (void)
{
  PROG = "bench-upgrade" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  bench_raise_limit() ;
  rules_public_place() ;
  null = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  tain_now_set_stopwatch_g() ;
  setvbuf(stdout, 0, _IOLBF, 0) ;
  busy() ;
  full() ;
  return 0 ;
}
