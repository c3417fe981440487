/* ISC license. */

 /* libdaemon/signals.h: each signal that came is told once, a child's end
    with its pid, and nothing is told twice. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>

#include "libdaemon/signals.h"
#include "support/tap.h"

static unsigned int count[NSIG] ;
static pid_t last ;

static void on_signal (void *data, int sig, pid_t pid)
{
  (void)data ;
  count[sig]++ ;
  if (sig == SIGCHLD) last = pid ;
}

static int is_readable (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  int r ;
  do r = poll(&x, 1, 5000) ;
  while (r == -1 && errno == EINTR) ;
  return r == 1 ;
}

static int is_quiet (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, 0) == 0 ;
}

 /* Signals that come before, and after, do not end it. What is executed then ignores SIGTERM,
    as we did at first. */

static int leave (int const *list, unsigned int n)
{
  struct sigaction action, term, hup ;
  sigset_t mask ;
  kill(getpid(), SIGTERM) ;
  signals_leave(list, n) ;
  kill(getpid(), SIGHUP) ;
  sigprocmask(SIG_BLOCK, 0, &mask) ;
  sigaction(SIGPIPE, 0, &action) ;
  sigaction(SIGTERM, 0, &term) ;
  sigaction(SIGHUP, 0, &hup) ;
  return !sigismember(&mask, SIGTERM) && action.sa_handler != SIG_IGN  /* a handler is nobody's, then */
    && term.sa_handler == SIG_IGN && hup.sa_handler != SIG_IGN ;
}

 /* Nor is it left to who is executed as a signal that does nothing. */

static void test_broken_pipe (void)
{
  struct sigaction action ;
  int p[2] ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  close(p[0]) ;
  tap_int(write(p[1], "", 1), -1, "what is written to a broken pipe fails") ;
  tap_error(errno, EPIPE, "and that is all") ;
  close(p[1]) ;
  sigaction(SIGPIPE, 0, &action) ;
  tap_ok(action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL, "SIGPIPE has a handler, which no execution keeps") ;
  sigaction(SIGXFSZ, 0, &action) ;
  tap_ok(action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL, "so has SIGXFSZ") ;
}

int main (void)
{
  static int const list[] = { SIGTERM, SIGHUP, SIGCHLD } ;
  sigset_t mask ;
  pid_t pid ;
  int fd, status ;
  signal(SIGTERM, SIG_IGN) ;
  fd = signals_init(list, 3) ;
  if (fd < 0) tap_bail("signals_init") ;
  tap_ok(is_quiet(fd), "nothing is there at first") ;
  kill(getpid(), SIGTERM) ;
  kill(getpid(), SIGHUP) ;
  kill(getpid(), SIGHUP) ;
  tap_ok(is_readable(fd), "signals make it readable, one that was ignored too") ;
  tap_ok(signals_take(fd, &on_signal, 0), "they are taken") ;
  tap_int(count[SIGTERM], 1, "SIGTERM once") ;
  tap_int(count[SIGHUP], 1, "SIGHUP once for two") ;
  signals_take(fd, &on_signal, 0) ;
  tap_int(count[SIGTERM], 1, "and not again") ;
  tap_ok(is_quiet(fd), "nothing is there then") ;
  pid = fork() ;
  if (!pid) _exit(0) ;
  tap_ok(is_readable(fd), "the end of a child does, too") ;
  signals_take(fd, &on_signal, 0) ;
  tap_int(count[SIGCHLD], 1, "and is told once") ;
  tap_int(last, pid, "with its pid") ;
  waitpid(pid, 0, 0) ;
  test_broken_pipe() ;
  sigprocmask(SIG_BLOCK, 0, &mask) ;
  tap_ok(!sigismember(&mask, SIGINT), "a signal that was not named is not blocked") ;
  pid = fork() ;
  if (!pid) _exit(leave(list, 3) ? 7 : 8) ;
  waitpid(pid, &status, 0) ;
  tap_int(status, 7 << 8, "who is about to execute lives on, blocks nothing and ignores what it ignored at first") ;
  return tap_done() ;
}
