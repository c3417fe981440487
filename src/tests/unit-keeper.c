/* ISC license. */

/* The keeper, with a worker that does what the test likes: what it makes of what
   it is told, of orders, and of a worker that ends, or does not. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/lonekeeper.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { QUIET_MS = 300 } ;

static int file, other ;

static struct lonekeeper keeper ;

 /* What it has been told is there when the worker is dead. */

static void takes_over (void)
{
  struct rawclient c ;
  pid_t worker ;
  double left ;
  lonekeeper_begin(&keeper) ;
  tap_int(lonekeeper_isready(&keeper, QUIET_MS), 0, "it is not ready before it has all") ;
  lonekeeper_tell(&keeper, 'S', 0, "a", file) ;
  lonekeeper_tell(&keeper, 'S', 0, "b", other) ;
  lonekeeper_tell(&keeper, 'S', 1, "gone", file) ;
  tap_ok(lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS), "when it has, it says so") ;
  if (!keeping_tell(keeper.channel, 'S', 1, "limited", 60000, file)) tap_bail("tell") ;
  lonekeeper_tell(&keeper, 'D', 1, "gone", -1) ;
  lonekeeper_tell(&keeper, 'S', 1, "b", file) ;
  lonekeeper_tell(&keeper, 'D', 1, "never", -1) ;
  lonekeeper_tell(&keeper, 'N', 1, 0, -1) ;
  lonekeeper_tell(&keeper, 'S', 0, "half", file) ;
  lonekeeper_tell(&keeper, 'D', 0, "a", -1) ;
  lonekeeper_kill_worker(&keeper) ;
  lonekeeper_close(&keeper) ;
  tap_ok(keeping_await_worker(0) > 0, "another worker is started") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_count(&c, 3, "what was told is there, and no batch that was not whole") ;
  raw_close(&c) ;
  worker = keeping_worker() ;
  kill(worker, SIGKILL) ;
  tap_ok(keeping_await_worker(worker) > 0, "that one is killed, and there is a third") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_count(&c, 3, "nor does the rest of that batch come with the next one") ;
  raw_point_retrieve(&c, 0, "a", file, "the first one") ;
  raw_point_retrieve(&c, 0, "b", file, "the one that was replaced") ;
  tap_error(raw_delete(&c, "a"), 0, "it can be deleted") ;
  tap_error(raw_delete(&c, "b"), 0, "and the other one") ;
  left = raw_left(&c, "limited", 0) ;
  tap_ok(left > 30 && left <= 60, "the limit is as it was: %.1f s left", left) ;
  raw_close(&c) ;
  lonekeeper_stop(&keeper) ;
}

 /* The process may have closed the channel, and go on. */

static void is_made_sure_of (void)
{
  int status ;
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'S', 1, "a", file) ;
  tap_ok(lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS), "ready") ;
  lonekeeper_close(&keeper) ;
  test_sleep(QUIET_MS) ;
  tap_int(keeping_worker(), 0, "while the old worker lives there is no other") ;
  tap_int(waitpid(keeper.worker, &status, 0) == keeper.worker && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, 1, "after a second it is killed") ;
  tap_ok(keeping_await_worker(0) > 0, "then there is one") ;
  keeper.worker = lonekeeper_sleeper() ;
  lonekeeper_stop(&keeper) ;
}

static void orders (void)
{
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'N', 1, 0, -1) ;
  tap_ok(lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS), "what has nothing is ready when it knows that") ;
  kill(keeper.pid, SIGHUP) ;
  tap_int(lonekeeper_order(&keeper), 'H', "SIGHUP is passed on") ;
  kill(keeper.pid, SIGUSR1) ;
  tap_int(lonekeeper_order(&keeper), 'U', "SIGUSR1 too") ;
  lonekeeper_tell(&keeper, 'S', 1, "after", file) ;
  for (unsigned int i = 0 ; i < LONEKEEPER_SOON_MS && !preloaded_count_lines("log", "keeper: executed itself") ; i++) test_sleep(1) ;
  tap_int(preloaded_count_lines("log", "keeper: executed itself"), 1, "and the keeper executes itself") ;
  kill(keeper.pid, SIGTERM) ;
  tap_int(lonekeeper_order(&keeper), 'T', "so is SIGTERM") ;
  tap_int(lonekeeper_isready(&keeper, 0), 0, "readiness is told once") ;
  test_sleep(QUIET_MS) ;
  tap_int(waitpid(keeper.pid, 0, WNOHANG), 0, "it waits for the worker's end") ;
  lonekeeper_kill_worker(&keeper) ;
  lonekeeper_end(&keeper, 0, "and ends") ;
}

static void adopting (void)
{
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'S', 0, "a", file) ;
  lonekeeper_kill_worker(&keeper) ;
  lonekeeper_end(&keeper, 111, "a worker that ends before all is told leaves nothing to keep") ;
  tap_int(keeping_worker(), 0, "and no other is started") ;
}

 /* It has all, and we have not: it is not to be killed, whatever it did to the channel. */

static void adopting_in_vain (void)
{
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'S', 0, "a", file) ;
  lonekeeper_close(&keeper) ;
  tap_int(lonekeeper_exit_code(&keeper), 111, "a worker that lives, and ends the channel before all is told, is not kept") ;
  test_sleep(QUIET_MS) ;
  tap_int(waitpid(keeper.worker, 0, WNOHANG), 0, "nor is it killed") ;
  tap_int(keeping_worker(), 0, "and no other is started") ;
  close(keeper.ready) ;
  lonekeeper_kill_worker(&keeper) ;
}

static void bad (char const *bytes, size_t len, int fd, unsigned int nfds, char const *name)
{
  int fds[3] ;
  for (unsigned int i = 0 ; i < 3 ; i++) fds[i] = fd ;
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'N', 1, 0, -1) ;
  if (!lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS)) tap_bail("not ready") ;
  if (raw_send(keeper.channel, bytes, len, fds, nfds) != (ssize_t)len) tap_bail("send") ;
  tap_int(lonekeeper_exit_code(&keeper), 111, "%s: 111", name) ;
  tap_int(waitpid(keeper.worker, 0, WNOHANG), 0, "and the worker lives") ;
  tap_int(keeping_worker(), 0, "it is the only one") ;
  close(keeper.channel) ;
  close(keeper.ready) ;
  lonekeeper_kill_worker(&keeper) ;
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
  lonekeeper_begin(&keeper) ;
  lonekeeper_tell(&keeper, 'S', 1, "a", file) ;
  if (!lonekeeper_isready(&keeper, LONEKEEPER_SOON_MS)) tap_bail("not ready") ;
  if (raw_send(keeper.channel, "\0\0\0\5\1", 5, 0, 0) != 5) tap_bail("send") ;
  lonekeeper_kill_worker(&keeper) ;
  tap_ok(keeping_await_worker(0) > 0, "after half a message, and no end of the channel, another worker is started") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_retrieve(&c, 0, "a", file, "it has what was told") ;
  raw_close(&c) ;
  lonekeeper_stop(&keeper) ;
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
