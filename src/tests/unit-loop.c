/* ISC license. */

 /* libdaemon/loop.h: what is ready, what was stopped meanwhile, and numbers
    that are used again (H53). The same with both engines. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "support/tap.h"

static struct loop loop ;

struct end
{
  struct loop_watch watch ;
  struct loop_watch *victim ;  /* stopped when this one is called */
  unsigned int calls ;
  unsigned int events ;  /* of the last call */
  int fd[2] ;
} ;

static void on_ready (void *data, unsigned int events, tain const *now)
{
  struct end *e = data ;
  (void)now ;
  e->calls++ ;
  e->events = events ;
  if (e->victim) loop_watch_stop(&loop, e->victim) ;
}

static void open_pair (struct end *e)
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, e->fd) == -1) tap_bail("socketpair") ;
  e->victim = 0 ;
  e->calls = e->events = 0 ;
  loop_watch_init(&e->watch, &on_ready, e) ;
}

static int (*start) (struct loop *, struct loop_watch *, int, unsigned int) = &loop_watch_start ;

static void begin (struct end *e, unsigned int wanted)
{
  open_pair(e) ;
  if (!(*start)(&loop, &e->watch, e->fd[0], wanted)) tap_bail("loop_watch_start") ;
}

static void finish (struct end *e)
{
  loop_watch_stop(&loop, &e->watch) ;
  close(e->fd[0]) ;
  close(e->fd[1]) ;
}

static void say (struct end const *e)
{
  if (write(e->fd[1], "x", 1) != 1) tap_bail("write") ;
}

 /* A turn that ends at once if nothing is ready. */

static void on_limit (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

static void turn (void)
{
  struct loop_timer limit ;
  loop_timer_init(&limit, &on_limit, 0) ;
  loop_timer_set(&loop, &limit, &STAMP) ;
  loop_turn(&loop) ;
  loop_timer_clear(&loop, &limit) ;
}

static void test_ready (void)
{
  struct end a, b ;
  begin(&a, LOOP_READ) ;
  begin(&b, LOOP_READ) ;
  turn() ;
  tap_int(a.calls, 0, "nobody is called when nothing is ready") ;
  tap_int(b.calls, 0, "neither of two") ;
  say(&a) ;
  turn() ;
  tap_int(a.calls, 1, "who is ready is called") ;
  tap_int(b.calls, 0, "and nobody else") ;
  tap_int(a.events, LOOP_READ, "and told for what") ;
  turn() ;
  tap_int(a.calls, 2, "again while it is ready") ;
  loop_watch_change(&loop, &a.watch, LOOP_WRITE) ;
  turn() ;
  tap_int(a.events, LOOP_WRITE, "for what it wants by now") ;
  loop_watch_change(&loop, &a.watch, 0) ;
  a.calls = 0 ;
  turn() ;
  tap_int(a.calls, 0, "not at all when it wants nothing") ;
  close(a.fd[1]) ;
  turn() ;
  tap_int(a.calls, 1, "but for a hang-up") ;
  tap_int(a.events, LOOP_HANGUP, "and told so") ;
  a.fd[1] = dup(a.fd[0]) ;
  finish(&a) ;
  finish(&b) ;
}

static void test_stopped (void)
{
  struct end e[3] ;
  unsigned int calls = 0 ;
  for (unsigned int i = 0 ; i < 3 ; i++) begin(e + i, LOOP_READ) ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    e[i].victim = &e[(i + 1) % 3].watch ;
    say(e + i) ;
  }
  turn() ;
  for (unsigned int i = 0 ; i < 3 ; i++) calls += e[i].calls ;
  tap_int(calls, 2, "three that each stop the next: the stopped one is not called") ;
  for (unsigned int i = 0 ; i < 3 ; i++) finish(e + i) ;
}

 /* The number of a closed descriptor goes to the next one, while a child has
    a copy of the old one that becomes ready. */

static void test_number (void)
{
  struct end old, new ;
  pid_t pid ;
  int fd ;
  begin(&old, LOOP_READ) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    pause() ;
    _exit(0) ;
  }
  loop_watch_stop(&loop, &old.watch) ;
  fd = old.fd[0] ;
  close(fd) ;
  open_pair(&new) ;
  if (new.fd[0] != fd)
  {
    if (dup2(new.fd[0], fd) != fd) tap_bail("dup2") ;
    close(new.fd[0]) ;
    new.fd[0] = fd ;
  }
  if (!loop_watch_start(&loop, &new.watch, fd, LOOP_READ)) tap_bail("loop_watch_start") ;
  say(&old) ;
  turn() ;
  tap_int(old.calls, 0, "the old owner of a number is not called") ;
  tap_int(new.calls, 0, "nor the new one, for what comes to the old one") ;
  say(&new) ;
  turn() ;
  tap_int(new.calls, 1, "the new one hears what is its own") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  finish(&new) ;
  close(old.fd[1]) ;
}

static void test_always (void)
{
  struct end e = { .calls = 0 } ;
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  if (fd < 0) tap_bail("open /dev/null") ;
  loop_watch_init(&e.watch, &on_ready, &e) ;
  if (!loop_watch_start(&loop, &e.watch, fd, LOOP_READ)) tap_bail("loop_watch_start") ;
  loop_turn(&loop) ;
  loop_turn(&loop) ;
  tap_int(e.calls, 2, "/dev/null is ready in each turn") ;
  tap_int(e.events, LOOP_READ, "to be read, as it wants") ;
  loop_watch_change(&loop, &e.watch, 0) ;
  turn() ;
  tap_int(e.calls, 2, "unless it wants nothing") ;
  loop_watch_stop(&loop, &e.watch) ;
  turn() ;
  tap_int(e.calls, 2, "or is stopped") ;
  close(fd) ;
}

static void test_edges (void)
{
  struct end e ;
  unsigned int expected = loop_hasedges() ? 1 : 2 ;
  begin(&e, LOOP_READ | LOOP_EDGE) ;
  say(&e) ;
  turn() ;
  turn() ;
  tap_int(e.calls, expected, "an edge is told %s", loop_hasedges() ? "once" : "as a level here, where there are none") ;
  say(&e) ;
  turn() ;
  tap_int(e.calls, expected + 1, "and again when more comes") ;
  finish(&e) ;
}

 /* More than a wait brings at once: all are called within a few turns. */

static void test_many (void)
{
  enum { MANY = 3 * LOOP_BATCH } ;
  static struct end e[MANY] ;
  unsigned int called = 0 ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    begin(e + i, LOOP_READ) ;
    say(e + i) ;
  }
  for (unsigned int i = 0 ; i < 4 ; i++) turn() ;
  for (unsigned int i = 0 ; i < MANY ; i++) called += !!e[i].calls ;
  tap_int(called, MANY, "of %u that are ready, all are called within four turns", (unsigned int)MANY) ;
  for (unsigned int i = 0 ; i < MANY ; i++) finish(e + i) ;
  tap_int(loop.len, 0, "and the books are empty after it") ;
  tap_int(loop.alwayslen, 0, "those of what is always ready, too") ;
}

 /* What was to be brief, and is not, is like any other. */

static void test_brief (void)
{
  struct end a, b ;
  begin(&a, LOOP_READ) ;
  turn() ;
  turn() ;
  tap_int(a.calls, 0, "briefly: not called while nothing is ready") ;
  begin(&b, LOOP_READ) ;
  say(&a) ;
  say(&b) ;
  turn() ;
  tap_int(a.calls, 1, "briefly: an older one, that has stayed, is called") ;
  tap_int(b.calls, 1, "and a new one beside it") ;
  turn() ;
  turn() ;
  tap_int(a.calls, 3, "both again") ;
  tap_int(b.calls, 3, "and again") ;
  finish(&b) ;
  begin(&b, 0) ;
  say(&b) ;
  loop_watch_change(&loop, &b.watch, LOOP_READ) ;
  turn() ;
  tap_int(b.calls, 1, "briefly: what it wants may change before") ;
  loop_watch_change(&loop, &b.watch, 0) ;
  turn() ;
  tap_int(b.calls, 1, "and after") ;
  finish(&b) ;
  finish(&a) ;
  begin(&a, LOOP_READ) ;
  say(&a) ;
  loop_watch_stop(&loop, &a.watch) ;
  turn() ;
  tap_int(a.calls, 0, "briefly: stopped before it was ever looked at") ;
  close(a.fd[0]) ;
  close(a.fd[1]) ;
}

static int begin_plain (struct end *e)
{
  open_pair(e) ;
  return loop_watch_start(&loop, &e->watch, e->fd[0], LOOP_READ) ;
}

 /* While all are few, epoll is not asked beside one that is brief: without it
    they are found. */

static void test_few (void)
{
  struct end e[LOOP_FEW], brief ;
  int fd = loop.fd ;
  unsigned int called = 0 ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++)
  {
    if (!begin_plain(e + i)) tap_bail("loop_watch_start") ;
    say(e + i) ;
  }
  begin(&brief, LOOP_READ) ;
  say(&brief) ;
  loop.fd = INT_MAX ;
  turn() ;
  loop.fd = fd ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) called += e[i].calls ;
  tap_int(called, LOOP_FEW, "few: all that are ready are called") ;
  tap_int(brief.calls, 1, "few: and the brief one") ;
  finish(&brief) ;
  finish(e) ;
  finish(e + LOOP_FEW - 1) ;  /* it has the place of the first one by now */
  begin(&brief, LOOP_READ) ;
  loop.fd = INT_MAX ;
  turn() ;
  loop.fd = fd ;
  called = 0 ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) called += e[i].calls ;
  tap_int(called, 2 * LOOP_FEW - 2, "few: again, but for those that were stopped") ;
  finish(&brief) ;
  for (unsigned int i = 1 ; i < LOOP_FEW - 1 ; i++) finish(e + i) ;
  tap_int(loop.len, 0, "few: the books are empty after it") ;
}

 /* One more than few: whoever it is, he is found beside one that is brief. */

static void test_more (void)
{
  enum { MORE = LOOP_FEW + 1 } ;
  struct end e[MORE] ;
  unsigned int called = 0 ;
  for (unsigned int i = 0 ; i < MORE ; i++) if (!begin_plain(e + i)) tap_bail("loop_watch_start") ;
  for (unsigned int i = 0 ; i < MORE ; i++)
  {
    struct end brief ;
    begin(&brief, LOOP_READ) ;
    say(e + i) ;
    turn() ;
    called += e[i].calls ;
    finish(&brief) ;
    finish(e + i) ;
  }
  tap_int(called, MORE, "more than few: each is called") ;
  tap_int(loop.len, 0, "more than few: the books are empty after it") ;
}

 /* The same without epoll, for who knows that they are few. */

static void test_few_only (void)
{
  struct end e[LOOP_FEW], more ;
  if (!loop_init_few(&loop)) tap_bail("loop_init_few") ;
  test_ready() ;
  test_stopped() ;
  test_number() ;
  test_always() ;
  start = &loop_watch_start_briefly ;
  test_ready() ;
  test_stopped() ;
  start = &loop_watch_start ;
  tap_int(loop.len, 0, "few only: the books are empty after it") ;
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) begin(e + i, LOOP_READ) ;
  if (loop_hasedges())
  {
    tap_int(loop.fd, -1, "few only: there is no epoll") ;
    open_pair(&more) ;
    tap_ok(!loop_watch_start(&loop, &more.watch, more.fd[0], LOOP_READ), "few only: one more is refused") ;
    tap_error(errno, ENOSPC, "few only: with ENOSPC") ;
    finish(&more) ;
  }
  for (unsigned int i = 0 ; i < LOOP_FEW ; i++) finish(e + i) ;
  loop_end(&loop) ;
}

int main (void)
{
  tain_now_set_stopwatch_g() ;
  if (!loop_init(&loop)) tap_bail("loop_init") ;
  test_ready() ;
  test_stopped() ;
  test_number() ;
  test_always() ;
  test_edges() ;
  test_many() ;
  start = &loop_watch_start_briefly ;
  test_ready() ;
  test_stopped() ;
  test_number() ;
  test_many() ;
  test_brief() ;
  test_few() ;
  test_more() ;
  loop_end(&loop) ;
  test_few_only() ;
  return tap_done() ;
}
