/* ISC license. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "keeping.h"
#include "lonekeeper.h"
#include "tap.h"
#include "testdaemon.h"

static struct rlimit const *limit ;

void lonekeeper_limit (struct rlimit const *other)
{
  limit = other ;
}

pid_t lonekeeper_sleeper (void)
{
  pid_t pid ;
  fflush(stdout) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  for (;;) pause() ;
}

static void run (int listener, int notify, int channel, int process)
{
  static char program[8192] ;
  char numbers[2][16] ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  snprintf(numbers[0], sizeof(numbers[0]), "%d", channel) ;
  snprintf(numbers[1], sizeof(numbers[1]), "%d", process) ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  if (limit && setrlimit(RLIMIT_NOFILE, limit) == -1) _exit(125) ;
  if (dup2(listener, 0) == -1 || dup2(notify, 1) == -1) _exit(126) ;
  execl(program, program, "-A", numbers[0], "-P", numbers[1], "-1", "-v", "2", "-k", "-i", "rules", (char *)0) ;
  _exit(127) ;
}

void lonekeeper_begin (struct lonekeeper *k)
{
  int p[2], channel[2], process, listener = testdaemon_listen("s") ;
  k->worker = lonekeeper_sleeper() ;
  process = (int)syscall(SYS_pidfd_open, k->worker, 0) ;
  if (pipe2(p, O_CLOEXEC) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == -1 || process < 0) tap_bail("begin") ;
  fcntl(channel[0], F_SETFD, FD_CLOEXEC) ;
  fcntl(process, F_SETFD, 0) ;
  k->pid = fork() ;
  if (k->pid == -1) tap_bail("fork") ;
  if (!k->pid) run(listener, p[1], channel[1], process) ;
  close(listener) ;
  close(p[1]) ;
  close(channel[1]) ;
  close(process) ;
  k->ready = p[0] ;
  k->channel = channel[0] ;
}

static int is_readable (int fd, unsigned int milliseconds)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, (int)milliseconds) == 1 ;
}

int lonekeeper_isready (struct lonekeeper const *k, unsigned int milliseconds)
{
  char byte ;
  return is_readable(k->ready, milliseconds) && read(k->ready, &byte, 1) == 1 ;
}

void lonekeeper_tell (struct lonekeeper const *k, char kind, int islast, char const *id, int fd)
{
  if (!keeping_tell(k->channel, kind, islast, id, 0, fd)) tap_bail("tell") ;
}

int lonekeeper_order (struct lonekeeper const *k)
{
  char byte ;
  return is_readable(k->channel, LONEKEEPER_SOON_MS) && read(k->channel, &byte, 1) == 1 ? byte : -1 ;
}

void lonekeeper_close (struct lonekeeper *k)
{
  if (k->channel >= 0) close(k->channel) ;
  k->channel = -1 ;
}

void lonekeeper_kill_worker (struct lonekeeper const *k)
{
  kill(k->worker, SIGKILL) ;
  waitpid(k->worker, 0, 0) ;
}

int lonekeeper_exit_code (struct lonekeeper const *k)
{
  double begun = test_seconds() ;
  int status ;
  while (waitpid(k->pid, &status, WNOHANG) != k->pid)
  {
    if (test_since(begun) > LONEKEEPER_SOON_MS * (long)test_patience()) return 255 ;
    test_sleep(1) ;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255 ;
}

void lonekeeper_end (struct lonekeeper *k, int code, char const *name)
{
  tap_int(lonekeeper_exit_code(k), code, "%s", name) ;
  lonekeeper_close(k) ;
  close(k->ready) ;
  lonekeeper_kill_worker(k) ;
}

void lonekeeper_stop (struct lonekeeper *k)
{
  kill(k->pid, SIGTERM) ;
  lonekeeper_end(k, 0, "SIGTERM ends the keeper, and its worker") ;
  tap_int(keeping_worker(), 0, "there is none any longer") ;
}
