/* ISC license. */

/* The keeper, with a worker that does what the test likes: what it makes of what
   it is told, of orders, and of a worker that ends, or does not. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { SOON_MS = 5000, QUIET_MS = 300 } ;

static int file, other ;

static struct
{
  pid_t pid ;
  int ready ;  /* its stdout */
  int channel ;  /* our end */
  pid_t worker ;  /* the process that is taken for one: it sleeps */
} keeper ;

static pid_t sleeper (void)
{
  pid_t pid ;
  fflush(stdout) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  for (;;) pause() ;
}

static void run_keeper (int listener, int notify, int channel, int process)
{
  static char program[8192] ;
  char numbers[2][16] ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  snprintf(numbers[0], sizeof(numbers[0]), "%d", channel) ;
  snprintf(numbers[1], sizeof(numbers[1]), "%d", process) ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  if (dup2(listener, 0) == -1 || dup2(notify, 1) == -1) _exit(126) ;
  execl(program, program, "-A", numbers[0], "-P", numbers[1], "-1", "-v", "2", "-k", "-i", "rules", (char *)0) ;
  _exit(127) ;
}

static void begin (void)
{
  int p[2], channel[2], process, listener = testdaemon_listen("s") ;
  keeper.worker = sleeper() ;
  process = (int)syscall(SYS_pidfd_open, keeper.worker, 0) ;
  if (pipe2(p, O_CLOEXEC) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == -1 || process < 0) tap_bail("begin") ;
  fcntl(channel[0], F_SETFD, FD_CLOEXEC) ;
  fcntl(process, F_SETFD, 0) ;
  keeper.pid = fork() ;
  if (keeper.pid == -1) tap_bail("fork") ;
  if (!keeper.pid) run_keeper(listener, p[1], channel[1], process) ;
  close(listener) ;
  close(p[1]) ;
  close(channel[1]) ;
  close(process) ;
  keeper.ready = p[0] ;
  keeper.channel = channel[0] ;
}

static int is_readable (int fd, unsigned int milliseconds)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, (int)milliseconds) == 1 ;
}

static int is_ready (unsigned int milliseconds)
{
  char byte ;
  return is_readable(keeper.ready, milliseconds) && read(keeper.ready, &byte, 1) == 1 ;
}

static void tell (char kind, int islast, char const *id, int fd)
{
  if (!keeping_tell(keeper.channel, kind, islast, id, 0, fd)) tap_bail("tell") ;
}

static void kill_worker (void)
{
  kill(keeper.worker, SIGKILL) ;
  waitpid(keeper.worker, 0, 0) ;
}

 /* 255: it does not end, or by a signal. */

static int exit_code (void)
{
  double begun = test_seconds() ;
  int status ;
  while (waitpid(keeper.pid, &status, WNOHANG) != keeper.pid)
  {
    if (test_since(begun) > SOON_MS * (long)test_patience()) return 255 ;
    test_sleep(1) ;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255 ;
}

static void end (int code, char const *name)
{
  tap_int(exit_code(), code, "%s", name) ;
  if (keeper.channel >= 0) close(keeper.channel) ;
  close(keeper.ready) ;
  kill_worker() ;
}

static void stop (void)
{
  kill(keeper.pid, SIGTERM) ;
  end(0, "SIGTERM ends the keeper, and its worker") ;
  tap_int(keeping_worker(), 0, "there is none any longer") ;
}

 /* What it has been told is there when the worker is dead. */

static void takes_over (void)
{
  struct rawclient c ;
  double left ;
  begin() ;
  tap_int(is_ready(QUIET_MS), 0, "it is not ready before it has all") ;
  tell('S', 0, "a", file) ;
  tell('S', 0, "b", other) ;
  tell('S', 1, "gone", file) ;
  tap_ok(is_ready(SOON_MS), "when it has, it says so") ;
  if (!keeping_tell(keeper.channel, 'S', 1, "limited", 60000, file)) tap_bail("tell") ;
  tell('D', 1, "gone", -1) ;
  tell('S', 1, "b", file) ;
  tell('D', 1, "never", -1) ;
  tell('N', 1, 0, -1) ;
  tell('S', 0, "half", file) ;
  tell('D', 0, "a", -1) ;
  kill_worker() ;
  close(keeper.channel) ;
  keeper.channel = -1 ;
  tap_ok(keeping_await_worker(0) > 0, "another worker is started") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_count(&c, 3, "what was told is there, and no batch that was not whole") ;
  raw_point_retrieve(&c, 0, "a", file, "the first one") ;
  raw_point_retrieve(&c, 0, "b", file, "the one that was replaced") ;
  tap_error(raw_delete(&c, "a"), 0, "it can be deleted") ;
  tap_error(raw_delete(&c, "b"), 0, "and the other one") ;
  left = raw_left(&c, "limited", 0) ;
  tap_ok(left > 30 && left <= 60, "the limit is as it was: %.1f s left", left) ;
  raw_close(&c) ;
  stop() ;
}

 /* The process may have closed the channel, and go on. */

static void is_made_sure_of (void)
{
  int status ;
  begin() ;
  tell('S', 1, "a", file) ;
  tap_ok(is_ready(SOON_MS), "ready") ;
  close(keeper.channel) ;
  keeper.channel = -1 ;
  test_sleep(QUIET_MS) ;
  tap_int(keeping_worker(), 0, "while the old worker lives there is no other") ;
  tap_int(waitpid(keeper.worker, &status, 0) == keeper.worker && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, 1, "after a second it is killed") ;
  tap_ok(keeping_await_worker(0) > 0, "then there is one") ;
  keeper.worker = sleeper() ;
  stop() ;
}

static void orders (void)
{
  char byte = 0 ;
  begin() ;
  tell('N', 1, 0, -1) ;
  tap_ok(is_ready(SOON_MS), "what has nothing is ready when it knows that") ;
  kill(keeper.pid, SIGHUP) ;
  tap_ok(is_readable(keeper.channel, SOON_MS) && read(keeper.channel, &byte, 1) == 1 && byte == 'H', "SIGHUP is passed on") ;
  kill(keeper.pid, SIGUSR1) ;
  tap_ok(is_readable(keeper.channel, SOON_MS) && read(keeper.channel, &byte, 1) == 1 && byte == 'U', "SIGUSR1 too") ;
  tell('S', 1, "after", file) ;
  for (unsigned int i = 0 ; i < SOON_MS && !preloaded_count_lines("log", "keeper: executed itself") ; i++) test_sleep(1) ;
  tap_int(preloaded_count_lines("log", "keeper: executed itself"), 1, "and the keeper executes itself") ;
  kill(keeper.pid, SIGTERM) ;
  tap_ok(is_readable(keeper.channel, SOON_MS) && read(keeper.channel, &byte, 1) == 1 && byte == 'T', "so is SIGTERM") ;
  tap_int(is_readable(keeper.ready, 0) && read(keeper.ready, &byte, 1) == 1, 0, "readiness is told once") ;
  test_sleep(QUIET_MS) ;
  tap_int(waitpid(keeper.pid, 0, WNOHANG), 0, "it waits for the worker's end") ;
  kill_worker() ;
  end(0, "and ends") ;
}

static void adopting (void)
{
  begin() ;
  tell('S', 0, "a", file) ;
  kill_worker() ;
  end(111, "a worker that ends before all is told leaves nothing to keep") ;
  tap_int(keeping_worker(), 0, "and no other is started") ;
}

 /* It has all, and we have not: it is not to be killed, whatever it did to the channel. */

static void adopting_in_vain (void)
{
  begin() ;
  tell('S', 0, "a", file) ;
  close(keeper.channel) ;
  keeper.channel = -1 ;
  tap_int(exit_code(), 111, "a worker that lives, and ends the channel before all is told, is not kept") ;
  test_sleep(QUIET_MS) ;
  tap_int(waitpid(keeper.worker, 0, WNOHANG), 0, "nor is it killed") ;
  tap_int(keeping_worker(), 0, "and no other is started") ;
  close(keeper.ready) ;
  kill_worker() ;
}

static void bad (char const *bytes, size_t len, int fd, unsigned int nfds, char const *name)
{
  int fds[3] ;
  for (unsigned int i = 0 ; i < 3 ; i++) fds[i] = fd ;
  begin() ;
  tell('N', 1, 0, -1) ;
  if (!is_ready(SOON_MS)) tap_bail("not ready") ;
  if (raw_send(keeper.channel, bytes, len, fds, nfds) != (ssize_t)len) tap_bail("send") ;
  tap_int(exit_code(), 111, "%s: 111", name) ;
  tap_int(waitpid(keeper.worker, 0, WNOHANG), 0, "and the worker lives") ;
  tap_int(keeping_worker(), 0, "it is the only one") ;
  close(keeper.channel) ;
  close(keeper.ready) ;
  kill_worker() ;
}

static void bad_messages (void)
{
  static char const delete[] = "\0\0\0\5\1D\1x" ;
  char held[FRAME_NATIVE_HEADER + WIRE_KEEP_MAX] ;
  struct wire_keep m = { .kind = 'S', .islast = 1, .id = { .s = "x", .len = 1 } } ;
  size_t len = wire_keep_pack(held + FRAME_NATIVE_HEADER, &m) ;
  len += frame_pack_header(held, FRAME_NATIVE, len, 0) ;
  bad("\377\377\377\377", 4, -1, 0, "a length that cannot be") ;
  bad("\0\0\0\2\1X", 6, -1, 0, "another letter") ;
  bad("\0\0\0\2\2N", 6, -1, 0, "last: 2") ;
  bad("\0\0\0\0", 4, -1, 0, "nothing at all") ;
  bad("\0\0\0\4\1D\0\0", 8, -1, 0, "an id of no bytes") ;
  bad(held, len, -1, 0, "no descriptor") ;
  bad(held, len, file, 2, "two") ;
  bad(held, len, file, 3, "three") ;
  bad(delete, sizeof(delete), file, 1, "one that belongs to nothing") ;
}

 /* Half a message is no message: the rest never comes. */

static void half (void)
{
  struct rawclient c ;
  begin() ;
  tell('S', 1, "a", file) ;
  if (!is_ready(SOON_MS)) tap_bail("not ready") ;
  if (raw_send(keeper.channel, "\0\0\0\5\1", 5, 0, 0) != 5) tap_bail("send") ;
  kill_worker() ;
  tap_ok(keeping_await_worker(0) > 0, "after half a message, and no end of the channel, another worker is started") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_retrieve(&c, 0, "a", file, "it has what was told") ;
  raw_close(&c) ;
  stop() ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  preloaded_log_to("log") ;
  signal(SIGCHLD, SIG_DFL) ;
  file = testfile() ;
  other = testfile() ;
  takes_over() ;
  is_made_sure_of() ;
  orders() ;
  adopting() ;
  adopting_in_vain() ;
  bad_messages() ;
  half() ;
  return tap_done() ;
}
