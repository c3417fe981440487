/* ISC license. */

 /*
    make bench: for how long 1,000 clients wait who wait for one id, when it is stored;
    and what it costs to be kept, a store and a delete with -k against one without, all
    on one processor. What is lost when either is killed, and for how long nobody answers, is
    told by unit-keeper-kills.
 */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "support/bench.h"
#include "support/rawclient.h"
#include "support/rules.h"
#include "support/tap.h"

enum { ROUNDS = 15, PER_ROUND = 2000, WAITERS = 1000, WAIT_ROUNDS = 5 } ;

static char build[4096] ;
static int null ;

static void begin (struct bench_daemon *b, char const *name)
{
  int status ;
  if (!bench_daemon_start(b, name, build, "2000", &status)) bench_cannot_run("the current directory", build, "s6-fdholderd", status) ;
}

static void changes (void)
{
  struct bench_daemon alone = { .maxconn = "64" }, kept = { .maxconn = "64", .iskept = 1 } ;
  struct bench_client clients[2] = { { .daemon = &alone, .stored = null }, { .daemon = &kept, .stored = null } } ;
  struct bench_contender contenders[2] ;
  begin(&alone, "without a keeper") ;
  begin(&kept, "with -k") ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    struct bench_contender c = { .name = clients[i].daemon->name, .work = &bench_work_store_and_delete, .data = clients + i, .n = PER_ROUND } ;
    clients[i].dialect = BENCH_NATIVE ;
    clients[i].fd = bench_connect(clients[i].daemon, BENCH_NATIVE) ;
    contenders[i] = c ;
  }
  bench_race(contenders, 2, ROUNDS) ;
  bench_print("store and delete, native", contenders, 2, "") ;
  bench_daemon_stop(&alone) ;
  bench_daemon_stop(&kept) ;
}

static void ask (struct rawclient *c, char const *path)
{
  char body[WIRE_REQUEST_MAX] ;
  raw_must_connect(c, path, FRAME_NATIVE) ;
  if (!raw_put(c, body, wire_pack_retrieve(body, WIRE_RETRIEVE_WAIT, "awaited", 7), 0, 0)) tap_bail("send") ;
}

 /* Until the last of them has its descriptor. */

static double wait_once (struct bench_daemon const *b, unsigned int n)
{
  static struct rawclient all[WAITERS] ;
  struct rawclient c ;
  uint64_t begun ;
  double took ;
  raw_must_connect(&c, b->socket, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < n ; i++) ask(all + i, b->socket) ;
  for (unsigned int i = 0 ; i < n ; i++) raw_wait_until_read(all[i].fd) ;
  if (raw_list(&c)) tap_bail("list") ;
  begun = bench_now() ;
  raw_must_store(&c, "awaited", null) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    if (raw_answer(all + i)) tap_bail("not answered") ;
    raw_drop_fds(all + i) ;
  }
  took = (bench_now() - begun) / 1e6 ;
  if (raw_delete(&c, "awaited")) tap_bail("delete") ;
  for (unsigned int i = 0 ; i < n ; i++) raw_close(all + i) ;
  raw_close(&c) ;
  return took ;
}

static void waiters (void)
{
  struct bench_daemon b = { .maxconn = "1100" } ;
  unsigned int rounds = bench_quick() ? 1 : WAIT_ROUNDS ;
  double best = 0 ;
  begin(&b, "s6-activation") ;
  for (unsigned int i = 0 ; i < rounds ; i++)
  {
    double took = wait_once(&b, WAITERS) ;
    if (!i || took < best) best = took ;
  }
  printf("\n%d that wait for one id have it within %.1f ms, clients' time included (best of %u)\n", WAITERS, best, rounds) ;
  bench_daemon_stop(&b) ;
}

int main (void)
{
  PROG = "bench-keeper" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  bench_raise_limit() ;
  rules_public_place() ;
  null = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  tain_now_set_stopwatch_g() ;
  setvbuf(stdout, 0, _IOLBF, 0) ;
  waiters() ;
  bench_pin() ;  /* to wake a processor that sleeps costs more, on many machines, than all that is measured here */
  changes() ;
  return 0 ;
}
