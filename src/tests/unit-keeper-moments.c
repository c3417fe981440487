/* ISC license. */

/* The keeper, when things come at a bad moment: SIGUSR1 before all is told, a
   kernel without pidfds, numbers of descriptors whose close does not return, or is slow. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/lockedpipe.h"
#include "support/lonekeeper.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LATE_MS = 1500, QUIET_MS = 300, STUCK = 3, FEW = 420, TIMES = 20000 } ;

static struct lonekeeper keeper ;
static int file ;
static char const *const ids[STUCK] = { "s1", "s2", "s3" } ;

static int is_executed (unsigned int n)
{
  for (unsigned int i = 0 ; i < LONEKEEPER_SOON_MS && preloaded_count_lines("log", "keeper: executed itself") < n ; i++) test_sleep(1) ;
  return preloaded_count_lines("log", "keeper: executed itself") == n ;
}

static void is_upgraded_early (void)
{
  lonekeeper_begin(&keeper) ;
  tap_int(lonekeeper_isready(&keeper, QUIET_MS), 0, "a keeper that nothing was told") ;
  kill(keeper.pid, SIGUSR1) ;
  tap_int(lonekeeper_order(&keeper), 'U', "SIGUSR1 before all is told is passed on") ;
  test_sleep(50) ;
  lonekeeper_tell(&keeper, 'S', 0, "a", file) ;
  lonekeeper_tell(&keeper, 'S', 1, "b", file) ;
  tap_ok(lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS), "the keeper takes what it is told") ;
  lonekeeper_tell(&keeper, 'D', 1, "b", -1) ;
  tap_ok(is_executed(1), "and executes itself then") ;
  lonekeeper_kill_worker(&keeper) ;
  keeper.worker = lonekeeper_sleeper() ;
  tap_ok(keeping_await_worker(0) > 0, "a worker is started") ;
  lonekeeper_stop(&keeper) ;
}

 /* Of a user of its own, so that no close waits for another one. */

static void tell_of (unsigned int uid, char const *id, int fd)
{
  char s[FRAME_NATIVE_HEADER + WIRE_KEEP_MAX] ;
  struct wire_keep m = { .kind = 'S', .islast = 1, .uid = uid, .pid = 1, .id = { .s = id, .len = (uint8_t)strlen(id) } } ;
  size_t len ;
  raw_never(&m.limit) ;
  len = wire_keep_pack(s + FRAME_NATIVE_HEADER, &m) ;
  len += frame_pack_header(s, FRAME_NATIVE, len, 0) ;
  if (raw_send(keeper.channel, s, len, &fd, 1) != (ssize_t)len) tap_bail("send") ;
  close(fd) ;
}

static void serves (pid_t worker, char const *name)
{
  struct rawclient c ;
  test_sleep(LATE_MS) ;
  tap_int(keeping_worker(), worker, "%s: the worker lives on", name) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, name, file) ;
  raw_point_retrieve(&c, 0, "a", file, "and has what was told") ;
  raw_close(&c) ;
}

 /* Numbers of descriptors whose close does not return are free: the channel to the
    next worker has some of them. */

static int can_lock (void)
{
  int reader ;
  int islocked = lockedpipe_begin(&reader, 1) ;
  if (islocked) lockedpipe_end() ;
  close(reader) ;
  return islocked ;
}

static void has_stuck_numbers (void)
{
  int readers[STUCK] ;
  unsigned int before = preloaded_count_lines("log", "keeper: executed itself") ;
  pid_t worker ;
  struct rawclient c ;
  if (!can_lock())
  {
    tap_ok(1, "stuck numbers # SKIP no page can be kept away here") ;
    return ;
  }
  lonekeeper_begin(&keeper) ;  /* so that its processes have none of them */
  if (!lockedpipe_begin(readers, STUCK)) tap_bail("lock") ;
  for (unsigned int i = 0 ; i < STUCK ; i++) tell_of(100 + i, ids[i], readers[i]) ;
  lonekeeper_tell(&keeper, 'S', 1, "a", file) ;
  for (unsigned int i = 0 ; i < STUCK ; i++) lonekeeper_tell(&keeper, 'D', 1, ids[i], -1) ;
  raw_wait_until_read(keeper.channel) ;
  test_sleep(LATE_MS) ;
  lonekeeper_kill_worker(&keeper) ;
  worker = keeping_await_worker(0) ;
  keeper.worker = lonekeeper_sleeper() ;
  serves(worker, "started") ;
  worker = keeping_worker() ;
  kill(keeper.pid, SIGUSR1) ;
  tap_ok(is_executed(before + 1), "both execute themselves") ;
  serves(worker, "executed") ;
  kill(worker, SIGKILL) ;
  tap_ok(keeping_await_worker(worker) > 0, "the next one") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_retrieve(&c, 0, "executed", file, "has all") ;
  raw_close(&c) ;
  lockedpipe_end() ;
  lonekeeper_stop(&keeper) ;
}

static void is_upgraded_within_batch (void)
{
  unsigned int before = preloaded_count_lines("log", "keeper: executed itself") ;
  struct rawclient c ;
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'N', 1, 0, -1) ;
  if (!lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS)) tap_bail("not ready") ;
  lonekeeper_tell(&keeper, 'S', 0, "a", file) ;
  raw_wait_until_read(keeper.channel) ;
  kill(keeper.pid, SIGUSR1) ;
  tap_int(lonekeeper_order(&keeper), 'U', "SIGUSR1 within a batch is passed on") ;
  test_sleep(QUIET_MS) ;
  tap_int(preloaded_count_lines("log", "keeper: executed itself"), before, "and has to wait") ;
  lonekeeper_tell(&keeper, 'S', 1, "b", file) ;
  tap_ok(is_executed(before + 1), "for its end") ;
  lonekeeper_kill_worker(&keeper) ;
  tap_ok(keeping_await_worker(0) > 0, "a worker is started") ;
  keeper.worker = lonekeeper_sleeper() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_count(&c, 2, "with all of the batch") ;
  raw_close(&c) ;
  lonekeeper_stop(&keeper) ;
}

static void forbid (long number)
{
  struct sock_filter code[] =
  {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
  } ;
  struct sock_fprog program = { .len = sizeof(code) / sizeof(*code), .filter = code } ;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == -1) _exit(99) ;
}

static void has_no_pidfds (void)
{
  static char program[8192] ;
  int listener = testdaemon_listen("s") ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  keeper.pid = fork() ;
  if (keeper.pid == -1) tap_bail("fork") ;
  if (!keeper.pid)
  {
    forbid(SYS_pidfd_open) ;
    if (dup2(listener, 0) == -1) _exit(126) ;
    execl(program, program, "-k", "-i", "rules", (char *)0) ;
    _exit(127) ;
  }
  close(listener) ;
  tap_int(lonekeeper_exit_code(&keeper), 111, "where there are no pidfds -k is refused") ;
  tap_int(preloaded_count_lines("log", "pidfd_open"), 1, "with the reason") ;
  tap_int(keeping_worker(), 0, "and no worker is left") ;
}

 /* Its helpers do not close as fast as somebody may store and delete. */

static void is_hurried (void)
{
  struct rlimit const few = { .rlim_cur = FEW, .rlim_max = FEW } ;
  unsigned int told = 0 ;
  lonekeeper_limit(&few) ;
  lonekeeper_begin(&keeper) ;
  lonekeeper_limit(0) ;
  while (told < TIMES && keeping_tell(keeper.channel, 'S', 1, "x", 0, file) && keeping_tell(keeper.channel, 'D', 1, "x", 0, -1)) told++ ;
  tap_int(told, TIMES, "what is stored and deleted again and again is taken") ;
  if (told == TIMES) raw_wait_until_read(keeper.channel) ;
  test_sleep(QUIET_MS) ;
  tap_int(waitpid(keeper.pid, 0, WNOHANG), 0, "the keeper lives") ;
  tap_int(preloaded_count_lines("log", "Too many open files"), 0, "and had a number for all of it") ;
  lonekeeper_kill_worker(&keeper) ;
  tap_ok(keeping_await_worker(0) > 0, "and starts a worker") ;
  keeper.worker = lonekeeper_sleeper() ;
  lonekeeper_stop(&keeper) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  preloaded_log_to("log") ;
  signal(SIGCHLD, SIG_DFL) ;
  file = testfile() ;
  is_upgraded_early() ;
  is_upgraded_within_batch() ;
  has_no_pidfds() ;
  has_stuck_numbers() ;
  is_hurried() ;
  return tap_done() ;
}
