/* ISC license. */

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "loopend.h"
#include "tap.h"

struct loop loopend_loop ;
int (*loopend_start) (struct loop *, struct loop_watch *, int, unsigned int) = &loop_watch_start ;

static void on_ready (void *data, unsigned int events, tain const *now)
{
  struct loopend *e = data ;
  (void)now ;
  e->calls++ ;
  e->events = events ;
  if (e->victim) loop_watch_stop(&loopend_loop, e->victim) ;
}

void loopend_open (struct loopend *e)
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, e->fd) == -1) tap_bail("socketpair") ;
  e->victim = 0 ;
  e->calls = e->events = 0 ;
  loop_watch_init(&e->watch, &on_ready, e) ;
}

void loopend_begin (struct loopend *e, unsigned int wanted)
{
  loopend_open(e) ;
  if (!(*loopend_start)(&loopend_loop, &e->watch, e->fd[0], wanted)) tap_bail("loop_watch_start") ;
}

void loopend_finish (struct loopend *e)
{
  loop_watch_stop(&loopend_loop, &e->watch) ;
  close(e->fd[0]) ;
  close(e->fd[1]) ;
}

void loopend_say (struct loopend const *e)
{
  if (write(e->fd[1], "x", 1) != 1) tap_bail("write") ;
}

 /* A turn that ends at once if nothing is ready. */

static void on_limit (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

void loopend_turn (void)
{
  struct loop_timer limit ;
  loop_timer_init(&limit, &on_limit, 0) ;
  loop_timer_set(&loopend_loop, &limit, &STAMP) ;
  loop_turn(&loopend_loop) ;
  loop_timer_clear(&loopend_loop, &limit) ;
}

void loopend_test_ready (void)
{
  struct loopend a, b ;
  loopend_begin(&a, LOOP_READ) ;
  loopend_begin(&b, LOOP_READ) ;
  loopend_turn() ;
  tap_int(a.calls, 0, "nobody is called when nothing is ready") ;
  tap_int(b.calls, 0, "neither of two") ;
  loopend_say(&a) ;
  loopend_turn() ;
  tap_int(a.calls, 1, "who is ready is called") ;
  tap_int(b.calls, 0, "and nobody else") ;
  tap_int(a.events, LOOP_READ, "and told for what") ;
  loopend_turn() ;
  tap_int(a.calls, 2, "again while it is ready") ;
  loop_watch_change(&loopend_loop, &a.watch, LOOP_WRITE) ;
  loopend_turn() ;
  tap_int(a.events, LOOP_WRITE, "for what it wants by now") ;
  loop_watch_change(&loopend_loop, &a.watch, 0) ;
  a.calls = 0 ;
  loopend_turn() ;
  tap_int(a.calls, 0, "not at all when it wants nothing") ;
  close(a.fd[1]) ;
  loopend_turn() ;
  tap_int(a.calls, 1, "but for a hang-up") ;
  tap_int(a.events, LOOP_HANGUP, "and told so") ;
  a.fd[1] = dup(a.fd[0]) ;
  loopend_finish(&a) ;
  loopend_finish(&b) ;
}

void loopend_test_stopped (void)
{
  struct loopend e[3] ;
  unsigned int calls = 0 ;
  for (unsigned int i = 0 ; i < 3 ; i++) loopend_begin(e + i, LOOP_READ) ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    e[i].victim = &e[(i + 1) % 3].watch ;
    loopend_say(e + i) ;
  }
  loopend_turn() ;
  for (unsigned int i = 0 ; i < 3 ; i++) calls += e[i].calls ;
  tap_int(calls, 2, "three that each stop the next: the stopped one is not called") ;
  for (unsigned int i = 0 ; i < 3 ; i++) loopend_finish(e + i) ;
}

 /* The number of a closed descriptor goes to the next one, while a child has
    a copy of the old one that becomes ready. */

void loopend_test_number (void)
{
  struct loopend old, new ;
  pid_t pid ;
  int fd ;
  loopend_begin(&old, LOOP_READ) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    pause() ;
    _exit(0) ;
  }
  loop_watch_stop(&loopend_loop, &old.watch) ;
  fd = old.fd[0] ;
  close(fd) ;
  loopend_open(&new) ;
  if (new.fd[0] != fd)
  {
    if (dup2(new.fd[0], fd) != fd) tap_bail("dup2") ;
    close(new.fd[0]) ;
    new.fd[0] = fd ;
  }
  if (!loop_watch_start(&loopend_loop, &new.watch, fd, LOOP_READ)) tap_bail("loop_watch_start") ;
  loopend_say(&old) ;
  loopend_turn() ;
  tap_int(old.calls, 0, "the old owner of a number is not called") ;
  tap_int(new.calls, 0, "nor the new one, for what comes to the old one") ;
  loopend_say(&new) ;
  loopend_turn() ;
  tap_int(new.calls, 1, "the new one hears what is its own") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  loopend_finish(&new) ;
  close(old.fd[1]) ;
}

void loopend_test_always (void)
{
  struct loopend e = { .calls = 0 } ;
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  if (fd < 0) tap_bail("open /dev/null") ;
  loop_watch_init(&e.watch, &on_ready, &e) ;
  if (!loop_watch_start(&loopend_loop, &e.watch, fd, LOOP_READ)) tap_bail("loop_watch_start") ;
  loop_turn(&loopend_loop) ;
  loop_turn(&loopend_loop) ;
  tap_int(e.calls, 2, "/dev/null is ready in each turn") ;
  tap_int(e.events, LOOP_READ, "to be read, as it wants") ;
  loop_watch_change(&loopend_loop, &e.watch, 0) ;
  loopend_turn() ;
  tap_int(e.calls, 2, "unless it wants nothing") ;
  loop_watch_stop(&loopend_loop, &e.watch) ;
  loopend_turn() ;
  tap_int(e.calls, 2, "or is stopped") ;
  close(fd) ;
}
