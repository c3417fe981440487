/* ISC license. */

 /*
    make bench: one run, one processor, ratios. The other s6 is the one in
    the directory PEER (its programs), or on the PATH; PEER2 names a second.
    What was asked for and does not run is an error. QUICK in the environment:
    everything once.
 */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <s6-activation/fdholder.h>

#include "support/bench.h"
#include "support/rules.h"
#include "support/tap.h"

enum { ROUNDS = 15, DAEMONS_MAX = 3 } ;

static char build[4096] ;
static struct bench_daemon daemons[DAEMONS_MAX] ;  /* ours first */
static unsigned int ndaemons ;
static int null ;  /* what is stored */

 /* Ours in both dialects, and each other daemon in the s6 one. */

static unsigned int clients (struct bench_client *c)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < ndaemons ; i++)
  {
    if (!i) c[n++] = (struct bench_client){ .daemon = daemons + i, .dialect = BENCH_NATIVE } ;
    c[n++] = (struct bench_client){ .daemon = daemons + i, .dialect = BENCH_S6 } ;
  }
  return n ;
}

static char const *peer_label (void)
{
  return ndaemons > 1 ? bench_label("", daemons + 1, BENCH_S6) : "" ;
}

static unsigned int contend (struct bench_contender *x, struct bench_client *c, unsigned int n, void (*work) (void *), unsigned int times)
{
  for (unsigned int i = 0 ; i < n ; i++)
    x[i] = (struct bench_contender){ .name = bench_label("", c[i].daemon, c[i].dialect), .work = work, .data = c + i, .n = times } ;
  return n ;
}

 /* Some daemons cannot dump so many: they are left out. */

static unsigned int those_that_dump (struct bench_client *c, unsigned int n)
{
  unsigned int good = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    if (bench_getdump(c[i].fd, c[i].dialect) == BENCH_HELD_MAX) c[good++] = c[i] ;
    else
    {
      printf("\n%s: no dump of %d\n", c[i].daemon->name, BENCH_HELD_MAX) ;
      close(c[i].fd) ;
    }
  }
  return good ;
}

static void print_calls (struct bench_client *c, struct bench_contender const *x)
{
  double calls = bench_daemon_calls(c->daemon, &bench_work_retrieve_held, c, 200) ;
  if (calls >= 0) printf("  system calls of the daemon for one: %-24s %6.2f\n", x->name, calls) ;
}

static void held (void)
{
  struct bench_client c[DAEMONS_MAX + 1] ;
  struct bench_contender x[DAEMONS_MAX + 3] = { { .name = "floor: socketpair, one descriptor", .work = &bench_floor_exchange, .n = 2000 } } ;
  fdholder h = FDHOLDER_ZERO ;
  unsigned int n = clients(c) ;
  pid_t floor = bench_floor_held(null) ;
  tain deadline ;
  tain_addsec_g(&deadline, 10) ;
  if (!fdholder_start_g(&h, daemons[0].socket, &deadline)) tap_bail("fdholder_start") ;
  for (unsigned int i = 0 ; i < n ; i++) c[i].fd = bench_connect(c[i].daemon, c[i].dialect) ;
  contend(x + 1, c, n, &bench_work_retrieve_held, 2000) ;
  x[n + 1] = (struct bench_contender){ .name = "s6-activation, native, by the library", .work = &bench_work_library, .data = &h, .n = 2000 } ;
  bench_race(x, n + 2, ROUNDS) ;
  bench_print("retrieve over a held connection", x, n + 2, peer_label()) ;
  bench_floor_stop(floor) ;
  fdholder_end(&h) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    print_calls(c + i, x + 1 + i) ;
    close(c[i].fd) ;
  }
}

static void once (void)
{
  struct bench_daemon server = { .name = "floor" } ;
  struct bench_client c[DAEMONS_MAX + 2] = { { .daemon = &server, .dialect = BENCH_S6 } } ;
  struct bench_contender x[DAEMONS_MAX + 2] ;
  unsigned int n = 1 + clients(c + 1) ;
  server.pid = bench_floor_listening(&server, null) ;
  contend(x, c, n, &bench_work_retrieve_once, 500) ;
  x[0].name = "floor: a server that judges nothing" ;
  bench_race(x, n, ROUNDS) ;
  bench_print("connect + retrieve + close", x, n, peer_label()) ;
  bench_floor_stop(server.pid) ;
}

static void fill (struct bench_daemon const *b, unsigned int from, unsigned int to, int limited)
{
  int s = bench_connect(b, BENCH_S6) ;
  char id[32] ;
  for (unsigned int i = from ; i < to ; i++)
  {
    snprintf(id, sizeof(id), "unix:/my/socket-%04u", i) ;
    if (limited == 2) tain_addsec(&STAMP, &STAMP, 1) ;  /* distinct limits */
    bench_store(s, BENCH_S6, null, id, limited) ;
  }
  close(s) ;
}

static void stores (int limited, char const *what)
{
  static unsigned int const counts[] = { 100, 1000, BENCH_HELD_MAX } ;
  struct bench_contender all[3] ;
  struct bench_client c = { .daemon = daemons, .dialect = BENCH_NATIVE, .stored = null, .limited = !!limited } ;
  char title[64] ;
  unsigned int held = 2 ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    struct bench_contender x = { .work = &bench_work_store_and_delete, .data = &c, .n = 1000 } ;
    fill(c.daemon, held, counts[i], limited) ;
    held = counts[i] ;
    c.fd = bench_connect(c.daemon, c.dialect) ;
    bench_race(&x, 1, ROUNDS) ;
    close(c.fd) ;
    snprintf(title, sizeof(title), "s6-activation with %u held", held) ;
    x.name = strdup(title) ;
    all[i] = x ;
  }
  snprintf(title, sizeof(title), "store + delete, %s", what) ;
  bench_print(title, all, 3, "") ;
}

static void restart (unsigned int i)
{
  struct bench_daemon old = daemons[i] ;
  int status ;
  bench_daemon_stop(&old) ;
  if (!bench_daemon_start(daemons + i, old.name, old.dir, "15000", &status)) tap_bail(old.name) ;
}

static void everything (void)
{
  struct bench_client c[DAEMONS_MAX + 1] ;
  struct bench_contender x[DAEMONS_MAX + 1] ;
  unsigned int n = clients(c) ;
  for (unsigned int i = 0 ; i < ndaemons ; i++)
  {
    long before, after ;
    restart(i) ;
    fill(daemons + i, 0, 1, 0) ;
    before = bench_daemon_rss(daemons + i) ;
    fill(daemons + i, 1, BENCH_HELD_MAX, 0) ;
    after = bench_daemon_rss(daemons + i) ;
    printf("%s%s: resident %ld kB with 1 held, %ld kB with %d: %.0f bytes for each\n", i ? "" : "\n", daemons[i].name, before, after, BENCH_HELD_MAX, (after - before) * 1024. / BENCH_HELD_MAX) ;
  }
  for (unsigned int i = 0 ; i < n ; i++) c[i].fd = bench_connect(c[i].daemon, c[i].dialect) ;
  contend(x, c, n, &bench_work_list, 20) ;
  bench_race(x, n, ROUNDS) ;
  bench_print("list of 10000", x, n, peer_label()) ;
  n = those_that_dump(c, n) ;
  contend(x, c, n, &bench_work_dump, 5) ;
  bench_race(x, n, ROUNDS) ;
  bench_print("getdump of 10000", x, n, peer_label()) ;
  for (unsigned int i = 0 ; i < n ; i++) close(c[i].fd) ;
}

 /* Each one a socket of its own: the kernel looks for it among all. */

static void fill_with_listeners (struct bench_daemon const *b, int family)
{
  struct sockaddr_storage address = { .ss_family = (sa_family_t)family } ;
  socklen_t len = family == AF_UNIX ? sizeof(sa_family_t) : sizeof(struct sockaddr_in) ;  /* Linux chooses a name, or a port */
  int s = bench_connect(b, BENCH_S6) ;
  char id[32] ;
  for (unsigned int i = 0 ; i < BENCH_HELD_MAX ; i++)
  {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) == -1 || listen(fd, 1) == -1) tap_bail("listen") ;
    snprintf(id, sizeof(id), "unix:/my/socket-%04u", i) ;
    bench_store(s, BENCH_S6, fd, id, 0) ;
    close(fd) ;
  }
  close(s) ;
}

static void detail (int family, char const *title)
{
  struct bench_client c = { .daemon = daemons } ;
  struct bench_contender x[2] =
  {
    { .name = "s6-fdholder-list", .work = &bench_work_list_program, .data = &c, .n = 3 },
    { .name = "s6-fdholder-list -o", .work = &bench_work_detail_program, .data = &c, .n = 3 }
  } ;
  restart(0) ;
  fill_with_listeners(daemons, family) ;
  bench_race(x, 2, ROUNDS) ;
  bench_print(title, x, 2, "") ;
}

static void programs (void)
{
  char target[sizeof(build) + 64] ;
  struct bench_client c[DAEMONS_MAX] ;
  struct bench_contender x[DAEMONS_MAX] ;
  unsigned int n = 0 ;
  snprintf(target, sizeof(target), "%s/src/tests/bin/bench-nothing", build) ;
  for (unsigned int i = 0 ; i < ndaemons ; i++)
  {
    char path[512] ;
    snprintf(path, sizeof(path), "%s/s6-fdholder-retrieve", daemons[i].dir) ;
    if (access(path, X_OK) == -1) continue ;
    c[n] = (struct bench_client){ .daemon = daemons + i, .target = target } ;
    x[n] = (struct bench_contender){ .name = daemons[i].name, .work = &bench_work_program, .data = c + n, .n = 100 } ;
    n++ ;
  }
  bench_race(x, n, ROUNDS) ;
  bench_print("process: s6-fdholder-retrieve into nothing", x, n, "peer") ;
}

 /* From the directory that a variable names; without one (what is on the PATH) it may be missing. */

static void add (char const *name, char const *dir, char const *variable)
{
  int status ;
  if (!dir) return ;
  if (bench_daemon_start(daemons + ndaemons, name, dir, "15000", &status)) ndaemons++ ;
  else if (variable) bench_cannot_run(variable, dir, "s6-fdholderd", status) ;
  else printf("(%s: s6-fdholderd of %s does not run)\n", name, dir) ;
}

static void find_daemons (void)
{
  static char onpath[4096] ;
  char const *peer = getenv("PEER") ;
  char const *asked = peer ? "PEER" : 0 ;
  FILE *f ;
  add("s6-activation", build, "the current directory") ;
  if (!peer && (f = popen("command -v s6-fdholderd", "r")))
  {
    if (fgets(onpath, sizeof(onpath), f) && strrchr(onpath, '/'))
    {
      *strrchr(onpath, '/') = 0 ;
      peer = onpath ;
    }
    pclose(f) ;
  }
  add("peer", peer, asked) ;
  add("peer 2", getenv("PEER2"), "PEER2") ;
}

int main (void)
{
  PROG = "bench" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  bench_raise_limit() ;
  rules_public_place() ;
  bench_pin() ;
  null = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  tain_now_set_stopwatch_g() ;
  find_daemons() ;
  for (unsigned int i = 0 ; i < ndaemons ; i++) fill(daemons + i, 0, 2, 0) ;
  if (bench_quick()) puts("everything once: no measurement") ;
  else printf("one run, one processor, medians of %d rounds\n", ROUNDS) ;
  held() ;
  once() ;
  programs() ;
  stores(0, "no limits") ;
  restart(0) ;
  stores(1, "equal limits") ;
  restart(0) ;
  stores(2, "distinct limits") ;
  everything() ;
  detail(AF_INET, "process: a list of 10000 TCP sockets that listen, and in detail") ;
  detail(AF_UNIX, "process: a list of 10000 Unix sockets that listen, and in detail") ;
  for (unsigned int i = 0 ; i < ndaemons ; i++) bench_daemon_stop(daemons + i) ;
  return 0 ;
}
