/* ISC license. */

/* H49, H40: writing never waits, by any of the ways, whatever this kernel
   has. Each way that is for pipes is tried on a full blocking pipe, on one that
   others fill at the same time, and on one that others splice to. */

#include <skalibs/nonposix.h>

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "libdaemon/nowait.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { ROUNDS = 20000, PATIENCE = 30, PIPE_SIZE = 4096 } ;

struct way
{
  enum nowait_way way ;
  char const *name ;
} ;

static struct way const ways[] =
{
  { .way = NOWAIT_FLAG, .name = "flag" },
  { .way = NOWAIT_OWN, .name = "own" },
  { .way = NOWAIT_SPLICE, .name = "splice" },
  { .way = NOWAIT_POLL, .name = "poll" }
} ;

static char const line[] = "a line that is no page\n" ;

static void fill (int fd)
{
  char const c = 'x' ;
  char page[PIPE_BUF] ;
  int flags = fcntl(fd, F_GETFL) ;
  memset(page, 'x', sizeof(page)) ;
  fcntl(fd, F_SETFL, flags | O_NONBLOCK) ;
  while (write(fd, page, sizeof(page)) > 0) ;
  while (write(fd, &c, 1) > 0) ;
  fcntl(fd, F_SETFL, flags) ;
}

static size_t drain (int fd)
{
  char buf[65536] ;
  size_t n = 0 ;
  int there = 0 ;
  while (ioctl(fd, FIONREAD, &there) == 0 && there > 0)
  {
    ssize_t r = read(fd, buf, sizeof(buf)) ;
    if (r <= 0) break ;
    n += (size_t)r ;
  }
  return n ;
}

 /* A line goes, whole, and comes out at the reading end. */

static void writes (struct nowait *n, int reader, char const *way, char const *name)
{
  tap_int(nowait_write(n, line, sizeof(line) - 1), sizeof(line) - 1, "%s: %s", way, name) ;
  tap_int((intmax_t)drain(reader), sizeof(line) - 1, "%s: %s: it comes out", way, name) ;
}

static void refuses (struct nowait *n, int want, char const *way, char const *name)
{
  ssize_t r = nowait_write(n, line, sizeof(line) - 1) ;
  tap_error(r == -1 ? errno : 0, want, "%s: %s", way, name) ;
}

 /* 0: this kernel does not have that way, and the next one was taken. */

static int check_full (struct way const *w)
{
  struct nowait n ;
  int p[2] ;
  int has ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  nowait_init(&n, p[1]) ;
  n.way = w->way ;
  writes(&n, p[0], w->name, "a line goes through an empty pipe") ;
  has = n.way == w->way ;
  if (!has) tap_diag("%s: not here, it goes on with way %d", w->name, n.way) ;
  fill(p[1]) ;
  refuses(&n, EAGAIN, w->name, "a full blocking pipe") ;
  drain(p[0]) ;
  writes(&n, p[0], w->name, "what found no room is not left for later") ;
  tap_int(fcntl(p[1], F_GETFL) & O_NONBLOCK, 0, "%s: O_NONBLOCK is left alone", w->name) ;
  close(p[0]) ;
  refuses(&n, EPIPE, w->name, "nobody reads") ;
  tap_least(n.way, w->way, "%s: no better way is taken meanwhile", w->name) ;
  close(p[1]) ;
  nowait_free(&n) ;
  return has ;
}

 /* Another writer takes whatever room there is, as soon as there is some, and
    a reader makes some now and then: who trusts poll(2) waits in write(2) then.
    The reader stops now and then until the writer under test has gone on: one
    that waits never does. */

struct race
{
  unsigned int volatile done ;  /* by the writer under test */
} ;

static pid_t child (void (*work) (int const *, struct race *), int const *p, struct race *race)
{
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  (*work)(p, race) ;
  _exit(0) ;
}

static void fill_on (int const *p, struct race *race)
{
  char page[PIPE_BUF] ;
  (void)race ;
  memset(page, 'x', sizeof(page)) ;
  close(p[0]) ;
  while (write(p[1], page, sizeof(page)) > 0) ;
}

static void read_on (int const *p, struct race *race)
{
  char page[PIPE_BUF] ;
  close(p[1]) ;
  while (read(p[0], page, sizeof(page)) > 0)
  {
    unsigned int before = race->done ;
    while (race->done == before) ;
  }
}

static void check_race (struct way const *w, struct race *race)
{
  struct nowait n ;
  pid_t filler, reader ;
  int p[2] ;
  double start = test_seconds() ;
  unsigned int written = 0 ;
  if (pipe(p) == -1) tap_bail("pipe") ;
#ifdef F_SETPIPE_SZ
  fcntl(p[1], F_SETPIPE_SZ, PIPE_SIZE) ;
#endif
  race->done = 0 ;
  filler = child(&fill_on, p, race) ;
  reader = child(&read_on, p, race) ;
  nowait_init(&n, p[1]) ;
  n.way = w->way ;
  alarm(PATIENCE) ;
  while (race->done < ROUNDS && test_seconds() - start < PATIENCE / 2)
  {
    written += nowait_write(&n, line, sizeof(line) - 1) > 0 ;
    race->done++ ;
  }
  alarm(0) ;
  tap_least(race->done, ROUNDS / 20, "%s: never waits while others fill the pipe", w->name) ;
  tap_diag("%u lines found room", written) ;
  kill(filler, SIGKILL) ;
  kill(reader, SIGKILL) ;
  waitpid(filler, 0, 0) ;
  waitpid(reader, 0, 0) ;
  close(p[0]) ;
  close(p[1]) ;
  nowait_free(&n) ;
}

 /* splice(2) takes RWF_NOWAIT from all who share the open file. */

static void check_spliced (void)
{
  struct nowait n ;
  int p[2], q[2] ;
  if (pipe(p) == -1 || pipe(q) == -1) tap_bail("pipe") ;
  nowait_init(&n, p[1]) ;
  tap_least(nowait_write(&n, line, sizeof(line) - 1), 1, "spliced: the first line goes") ;
  tap_least(n.way, NOWAIT_FLAG, "spliced: a pipe is judged by its first line") ;
  if (write(q[1], "x", 1) != 1 || splice(q[0], 0, p[1], 0, 1, 0) != 1) tap_bail("splice") ;
  drain(p[0]) ;
  writes(&n, p[0], "spliced", "it is judged again after another's splice") ;
  tap_diag("way %d", n.way) ;
  fill(p[1]) ;
  refuses(&n, EAGAIN, "spliced", "then it does not wait either") ;
  for (unsigned int i = 0 ; i < 2 ; i++) { close(p[i]) ; close(q[i]) ; }
  nowait_free(&n) ;
}

static void check_shortage (void)
{
  struct rlimit old, none ;
  struct nowait n ;
  int p[2] ;
  int e ;
  ssize_t r ;
  if (pipe(p) == -1 || getrlimit(RLIMIT_NOFILE, &old) == -1) tap_bail("pipe") ;
  none = old ;
  none.rlim_cur = 0 ;
  nowait_init(&n, p[1]) ;
  n.way = NOWAIT_SPLICE ;
  if (setrlimit(RLIMIT_NOFILE, &none) == -1) tap_bail("setrlimit") ;
  r = nowait_write(&n, line, sizeof(line) - 1) ;
  e = errno ;
  setrlimit(RLIMIT_NOFILE, &old) ;
  tap_error(r == -1 ? e : 0, EAGAIN, "a shortage of descriptors is one of room") ;
  tap_int(n.way, NOWAIT_SPLICE, "and says nothing about a way") ;
  r = nowait_write(&n, line, sizeof(line) - 1) ;
  tap_int(r, sizeof(line) - 1, "when it has passed, lines go through") ;
  close(p[0]) ;
  close(p[1]) ;
  nowait_free(&n) ;
}

int main (void)
{
  struct race *race = mmap(0, sizeof(struct race), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (race == MAP_FAILED) tap_bail("mmap") ;
  signal(SIGPIPE, SIG_IGN) ;
  for (unsigned int i = 0 ; i < sizeof(ways) / sizeof(ways[0]) ; i++)
  {
    int has = check_full(ways + i) ;
    if (ways[i].way == NOWAIT_POLL) continue ;  /* the last resort: it may wait */
    if (has) check_race(ways + i, race) ;
    else tap_ok(1, "%s: never waits # SKIP this kernel does not have it", ways[i].name) ;
  }
  check_spliced() ;
  check_shortage() ;
  return tap_done() ;
}
