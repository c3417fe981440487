/* ISC license. */

 /*
    make bench: one run, one processor, ratios. The other s6 is the one in
    the directory PEER (its programs), or on the PATH; PEER2 names a second.
 */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <s6-activation/fdholder.h>

#include "support/bench.h"
#include "support/rules.h"
#include "support/tap.h"

extern char **environ ;

enum { ROUNDS = 15, HELD_MAX = 10000, DAEMONS_MAX = 3 } ;

static char build[4096] ;
static struct bench_daemon daemons[DAEMONS_MAX] ;  /* ours first */
static unsigned int ndaemons ;
static int null ;  /* what is stored */

 /* A client, held or not. */
struct client
{
  struct bench_daemon *daemon ;
  enum bench_dialect dialect ;
  int fd ;
  char const *program ;
  int limited ;
} ;

static void retrieve_held (void *data)
{
  struct client *c = data ;
  bench_retrieve(c->fd, c->dialect, "unix:/my/socket-0001") ;
}

static void retrieve_once (void *data)
{
  struct client *c = data ;
  c->fd = bench_connect(c->daemon, c->dialect) ;
  retrieve_held(c) ;
  close(c->fd) ;
}

static void store_and_delete (void *data)
{
  struct client *c = data ;
  bench_store(c->fd, c->dialect, null, "unix:/my/socket-new0", c->limited) ;
  bench_delete(c->fd, c->dialect, "unix:/my/socket-new0") ;
}

static void list (void *data)
{
  struct client *c = data ;
  if (bench_list(c->fd, c->dialect) < HELD_MAX) tap_bail("list") ;
}

static void dump (void *data)
{
  struct client *c = data ;
  if (bench_getdump(c->fd, c->dialect) != HELD_MAX) tap_bail("getdump") ;
}

static void retrieve_library (void *data)
{
  fdholder *h = data ;
  tain deadline ;
  int fd ;
  tain_addsec_g(&deadline, 10) ;
  fd = fdholder_retrieve_g(h, "unix:/my/socket-0001", &deadline) ;
  if (fd < 0) tap_bail("fdholder_retrieve") ;
  close(fd) ;
}

static void run_program (void *data)
{
  struct client *c = data ;
  char path[4200] ;
  char nothing[4200] ;
  char *argv[] = { "s6-fdholder-retrieve", c->daemon->socket, "unix:/my/socket-0001", nothing, 0 } ;
  int status ;
  pid_t pid ;
  snprintf(path, sizeof(path), "%s/s6-fdholder-retrieve", c->daemon->dir) ;
  snprintf(nothing, sizeof(nothing), "%s/src/tests/bin/bench-nothing", build) ;
  if (posix_spawn(&pid, path, 0, 0, argv, environ)) tap_bail(path) ;
  if (waitpid(pid, &status, 0) == -1 || status) tap_bail("s6-fdholder-retrieve") ;
}

 /* The floor: one message to a process that answers with one descriptor. */

static int floor_fd ;
static pid_t floor_pid ;

static void ping_pong (void *data)
{
  char c[64] ;
  int fd ;
  unsigned int n = 1 ;
  (void)data ;
  bench_send(floor_fd, "R", 1, -1) ;
  bench_receive(floor_fd, c, sizeof(c), &fd, &n) ;
  close(fd) ;
}

static void start_floor (void)
{
  int fd[2] ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1) tap_bail("socketpair") ;
  floor_pid = fork() ;
  if (floor_pid == -1) tap_bail("fork") ;
  floor_fd = fd[0] ;
  if (floor_pid)
  {
    close(fd[1]) ;
    return ;
  }
  close(fd[0]) ;
  for (;;)
  {
    char c[64] ;
    int none ;
    unsigned int n = 1 ;
    if (bench_receive(fd[1], c, sizeof(c), &none, &n) != 1) _exit(1) ;
    bench_send(fd[1], "0", 1, null) ;
  }
}

 /* Some daemons cannot dump so many: they are left out. */

static unsigned int those_that_dump (struct client *c, unsigned int n)
{
  unsigned int good = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    if (bench_getdump(c[i].fd, c[i].dialect) == HELD_MAX) c[good++] = c[i] ;
    else
    {
      printf("\n%s: no dump of %d\n", c[i].daemon->name, HELD_MAX) ;
      close(c[i].fd) ;
    }
  }
  return good ;
}

static char const *label (char const *what, struct bench_daemon const *b, enum bench_dialect d)
{
  char s[128] ;
  snprintf(s, sizeof(s), "%s%s%s, %s dialect", b->name, *what ? ", " : "", what, d == BENCH_NATIVE ? "native" : "s6") ;
  return strdup(s) ;
}

 /* Ours in both dialects, and each other daemon in the s6 one. */

static unsigned int clients (struct client *c)
{
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < ndaemons ; i++)
  {
    if (!i) c[n++] = (struct client){ .daemon = daemons + i, .dialect = BENCH_NATIVE } ;
    c[n++] = (struct client){ .daemon = daemons + i, .dialect = BENCH_S6 } ;
  }
  return n ;
}

static char const *peer_label (void)
{
  return ndaemons > 1 ? label("", daemons + 1, BENCH_S6) : "" ;
}

static unsigned int contend (struct bench_contender *x, struct client *c, unsigned int n, void (*work) (void *), unsigned int times)
{
  for (unsigned int i = 0 ; i < n ; i++)
    x[i] = (struct bench_contender){ .name = label("", c[i].daemon, c[i].dialect), .work = work, .data = c + i, .n = times } ;
  return n ;
}

static void held_and_once (void)
{
  struct client c[DAEMONS_MAX + 1], once[DAEMONS_MAX + 1] ;
  struct bench_contender x[DAEMONS_MAX + 3] = { { .name = "floor: socketpair, one descriptor", .work = &ping_pong, .n = 2000 } } ;
  static fdholder h = FDHOLDER_ZERO ;
  unsigned int n = clients(c) ;
  tain deadline ;
  tain_addsec_g(&deadline, 10) ;
  if (!fdholder_start_g(&h, daemons[0].socket, &deadline)) tap_bail("fdholder_start") ;
  memcpy(once, c, sizeof(once)) ;
  for (unsigned int i = 0 ; i < n ; i++) c[i].fd = bench_connect(c[i].daemon, c[i].dialect) ;
  contend(x + 1, c, n, &retrieve_held, 2000) ;
  x[n + 1] = (struct bench_contender){ .name = "s6-activation, native, by the library", .work = &retrieve_library, .data = &h, .n = 2000 } ;
  start_floor() ;
  bench_race(x, n + 2, ROUNDS) ;
  bench_print("retrieve over a held connection", x, n + 2, peer_label()) ;
  kill(floor_pid, SIGKILL) ;
  waitpid(floor_pid, 0, 0) ;
  fdholder_end(&h) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    double calls = bench_daemon_calls(c[i].daemon, &retrieve_held, c + i, 200) ;
    if (calls >= 0) printf("  system calls of the daemon for one: %-24s %6.2f\n", x[i + 1].name, calls) ;
    close(c[i].fd) ;
  }
  contend(x, once, n, &retrieve_once, 500) ;
  bench_race(x, n, ROUNDS) ;
  bench_print("connect + retrieve + close", x, n, peer_label()) ;
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
  static unsigned int const counts[] = { 100, 1000, HELD_MAX } ;
  struct bench_contender all[3] ;
  struct client c = { .daemon = daemons, .dialect = BENCH_NATIVE, .limited = !!limited } ;
  char title[64] ;
  unsigned int held = 2 ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    struct bench_contender x = { .work = &store_and_delete, .data = &c, .n = 1000 } ;
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
  bench_daemon_stop(&old) ;
  if (!bench_daemon_start(daemons + i, old.name, old.dir, "15000")) tap_bail(old.name) ;
}

static void everything (void)
{
  struct client c[DAEMONS_MAX + 1] ;
  struct bench_contender x[DAEMONS_MAX + 1] ;
  unsigned int n = clients(c) ;
  for (unsigned int i = 0 ; i < ndaemons ; i++)
  {
    long before, after ;
    restart(i) ;
    fill(daemons + i, 0, 1, 0) ;
    before = bench_daemon_rss(daemons + i) ;
    fill(daemons + i, 1, HELD_MAX, 0) ;
    after = bench_daemon_rss(daemons + i) ;
    printf("%s%s: resident %ld kB with 1 held, %ld kB with %d: %.0f bytes for each\n", i ? "" : "\n", daemons[i].name, before, after, HELD_MAX, (after - before) * 1024. / HELD_MAX) ;
  }
  for (unsigned int i = 0 ; i < n ; i++) c[i].fd = bench_connect(c[i].daemon, c[i].dialect) ;
  contend(x, c, n, &list, 20) ;
  bench_race(x, n, ROUNDS) ;
  bench_print("list of 10000", x, n, peer_label()) ;
  n = those_that_dump(c, n) ;
  contend(x, c, n, &dump, 5) ;
  bench_race(x, n, ROUNDS) ;
  bench_print("getdump of 10000", x, n, peer_label()) ;
  for (unsigned int i = 0 ; i < n ; i++) close(c[i].fd) ;
}

static void programs (void)
{
  struct client c[DAEMONS_MAX] ;
  struct bench_contender x[DAEMONS_MAX] ;
  unsigned int n = 0 ;
  for (unsigned int i = 0 ; i < ndaemons ; i++)
  {
    char path[512] ;
    snprintf(path, sizeof(path), "%s/s6-fdholder-retrieve", daemons[i].dir) ;
    if (access(path, X_OK) == -1) continue ;
    c[n] = (struct client){ .daemon = daemons + i } ;
    x[n] = (struct bench_contender){ .name = daemons[i].name, .work = &run_program, .data = c + n, .n = 100 } ;
    n++ ;
  }
  bench_race(x, n, ROUNDS) ;
  bench_print("process: s6-fdholder-retrieve into nothing", x, n, "peer") ;
}

static void find_daemons (void)
{
  static char onpath[4096] ;
  char const *peer = getenv("PEER") ;
  char const *peer2 = getenv("PEER2") ;
  FILE *f ;
  if (!bench_daemon_start(daemons, "s6-activation", build, "15000")) tap_bail("s6-fdholderd") ;
  ndaemons = 1 ;
  if (!peer && (f = popen("command -v s6-fdholderd", "r")))
  {
    if (fgets(onpath, sizeof(onpath), f) && strrchr(onpath, '/'))
    {
      *strrchr(onpath, '/') = 0 ;
      peer = onpath ;
    }
    pclose(f) ;
  }
  if (peer && bench_daemon_start(daemons + ndaemons, "peer", peer, "15000")) ndaemons++ ;
  if (peer2 && bench_daemon_start(daemons + ndaemons, "peer 2", peer2, "15000")) ndaemons++ ;
}

static void raise_limit (void)
{
  struct rlimit rl ;
  getrlimit(RLIMIT_NOFILE, &rl) ;
  rl.rlim_cur = rl.rlim_max ;
  setrlimit(RLIMIT_NOFILE, &rl) ;
}

int main (void)
{
  PROG = "bench" ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  raise_limit() ;
  rules_public_place() ;
  bench_pin() ;
  null = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  tain_now_set_stopwatch_g() ;
  find_daemons() ;
  for (unsigned int i = 0 ; i < ndaemons ; i++) fill(daemons + i, 0, 2, 0) ;
  printf("one run, one processor, medians of %d rounds\n", ROUNDS) ;
  held_and_once() ;
  programs() ;
  stores(0, "no limits") ;
  restart(0) ;
  stores(1, "equal limits") ;
  restart(0) ;
  stores(2, "distinct limits") ;
  everything() ;
  for (unsigned int i = 0 ; i < ndaemons ; i++) bench_daemon_stop(daemons + i) ;
  return 0 ;
}
