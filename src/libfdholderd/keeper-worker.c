/* ISC license. */

 /* The worker: it is started, it is heard, it ends. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/procfd.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/keeper-internal.h"
#include "libfdholderd/state.h"
#include "libfdholderd/upgrade.h"
#include "libfdwire/frame.h"

enum
{
  EXIT_FAILED = 111,  /* as the programs' */
  REASON_MAX = 64
} ;

static void set_due (struct keeper *k, unsigned int ms, tain const *now)
{
  tain when ;
  clock_after(&when, now, ms) ;
  loop_timer_set(&k->loop, &k->due, &when) ;
}

void keeper_end (struct keeper *k, int code)
{
  if (k->code < 0) k->code = code ;
}

void keeper_order (struct keeper *k, char order)
{
  if (k->channelfd >= 0) send(k->channelfd, &order, 1, MSG_NOSIGNAL | MSG_DONTWAIT) ;
}

int keeper_adopt (struct keeper *k, int channel, int process, int isfull)
{
  k->channelfd = channel ;
  k->processfd = process ;
  k->isfull = k->isserving = (uint8_t)isfull ;
  k->phase = KEEPER_KEEPING ;
  return loop_watch_start(&k->loop, &k->channel, channel, LOOP_READ)
    && loop_watch_start(&k->loop, &k->process, process, LOOP_READ) ;
}

 /* In the worker. It has what is held, its end of the channel, and nothing else
    of ours; what we are closing it closes too, so exec does not wait for that. */

static void become_worker (struct keeper *k, struct state *st, int statefd, int channel)
{
  struct upgrade_words words = UPGRADE_WORDS_ZERO ;
  sigset_t none ;
  int null = open("/dev/null", O_WRONLY) ;
  words.fd = statefd ;
  words.worker = channel ;
  words.isstarted = 1 ;
  if (null < 0 || fd_move(1, null) == -1) _exit(EXIT_FAILED) ;  /* it does not tell readiness */
  sigemptyset(&none) ;
  sigprocmask(SIG_SETMASK, &none, 0) ;
  if (state_mark(st, 0) && upgrade_mark(&words, 0)) upgrade_execute(k->options.argv, &words) ;
  log_line(&k->holder->log, LOG_WARNING, "unable to execute a worker: ", strerror(errno)) ;
  _exit(EXIT_FAILED) ;
}

static pid_t fork_worker (struct keeper *k, struct state *st, int statefd, int channel)
{
  sigset_t all, before ;
  pid_t pid ;
  sigfillset(&all) ;
  sigprocmask(SIG_SETMASK, &all, &before) ;
  pid = fork() ;
  if (!pid) become_worker(k, st, statefd, channel) ;
  sigprocmask(SIG_SETMASK, &before, 0) ;
  return pid ;
}

static int start_by (struct keeper *k, struct state *st, int statefd, int const *channel)
{
  int process ;
  pid_t pid = fork_worker(k, st, statefd, channel[1]) ;
  if (pid < 0) return 0 ;
  process = procfd_open(pid) ;
  k->child = pid ;
  k->status = 0 ;
  if (process >= 0 && keeper_adopt(k, channel[0], process, 1)) return 1 ;
  kill(pid, SIGKILL) ;
  if (process >= 0) fd_close(process) ;
  loop_watch_stop(&k->loop, &k->channel) ;
  k->channelfd = k->processfd = -1 ;
  k->phase = KEEPER_WITHOUT ;
  return 0 ;
}

static int try_start (struct keeper *k, tain const *now)
{
  struct state st = STATE_ZERO ;
  int channel[2] ;
  int fd = -1, ok = 0 ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) == -1) return 0 ;
  if (state_make(&st, k->holder, 0, k->holder->upgrades, now)) fd = state_save(&st) ;
  if (fd >= 0)
  {
    ok = start_by(k, &st, fd, channel) ;
    fd_close(fd) ;
  }
  if (!ok) fd_close(channel[0]) ;
  fd_close(channel[1]) ;
  state_free(&st) ;
  k->isserving = 0 ;
  return ok ;
}

void keeper_start (struct keeper *k, tain const *now)
{
  if (try_start(k, now)) return ;
  complaint_line(&k->holder->complaints, LOG_WARNING, "unable to start a worker", 0, now, "keeper: unable to start a worker: ", strerror(errno), ": trying again") ;
  set_due(k, KEEPER_PAUSE_MS, now) ;
}

void keeper_lose (struct keeper *k, tain const *now)
{
  if (k->phase != KEEPER_KEEPING) return ;
  k->phase = KEEPER_DYING ;
  set_due(k, KEEPER_DYING_MS, now) ;
}

static void fail_to_read (struct keeper *k)
{
  log_line(&k->holder->log, LOG_WARNING, "keeper: unable to take what the worker tells: ", errno ? strerror(errno) : "protocol error") ;
  keeper_end(k, EXIT_FAILED) ;
}

static void wait_for_memory (struct keeper *k, tain const *now)
{
  tain when ;
  complaint_line(&k->holder->complaints, LOG_WARNING, "out of memory", 0, now, "keeper: out of memory: trying again") ;
  clock_after(&when, now, KEEPER_SHORTAGE_MS) ;
  loop_timer_set(&k->loop, &k->again, &when) ;
  loop_watch_stop(&k->loop, &k->channel) ;
}

static void tell_ready (struct keeper *k)
{
  if (k->isready || !k->isfull || !k->isserving) return ;
  k->isready = 1 ;
  (*k->options.ready)() ;
}

static enum keeper_read read_some (struct keeper *k, unsigned int n, tain const *now)
{
  enum keeper_read r ;
  do r = keeper_read(k, now) ;
  while (r == KEEPER_READ_MORE && --n) ;
  tell_ready(k) ;
  return r ;
}

void keeper_hear (struct keeper *k, tain const *now)
{
  switch (read_some(k, KEEPER_AT_ONCE, now))
  {
    case KEEPER_READ_AGAIN :
    case KEEPER_READ_MORE :
      if (!loop_watch_isstarted(&k->channel) && !loop_watch_start(&k->loop, &k->channel, k->channelfd, LOOP_READ)) wait_for_memory(k, now) ;
      break ;
    case KEEPER_READ_NOMEMORY : wait_for_memory(k, now) ; break ;
    case KEEPER_READ_BAD : fail_to_read(k) ; break ;
    case KEEPER_READ_END :
      loop_watch_stop(&k->loop, &k->channel) ;
      keeper_lose(k, now) ;
      break ;
  }
}

void keeper_reap (struct keeper *k)
{
  if (k->child && waitpid(k->child, &k->status, WNOHANG)) k->child = 0 ;
}

static void say_how (struct keeper const *k, char *s)
{
  if (WIFSIGNALED(k->status)) snprintf(s, REASON_MAX, " by signal %d", WTERMSIG(k->status)) ;
  else if (k->status) snprintf(s, REASON_MAX, " with exit code %d", WEXITSTATUS(k->status)) ;
  else *s = 0 ;
}

static void replace (struct keeper *k, tain const *now)
{
  char how[REASON_MAX] ;
  int wasserving = k->isserving ;
  say_how(k, how) ;
  log_line(&k->holder->log, LOG_WARNING, "keeper: the worker has ended", how, ": starting another one with all that is held") ;
  if (wasserving) keeper_start(k, now) ;
  else set_due(k, KEEPER_PAUSE_MS, now) ;
}

 /* What has never begun would not begin again. */

static int has_failed (struct keeper const *k)
{
  return !k->isready && !k->isserving && WIFEXITED(k->status) && WEXITSTATUS(k->status) ;
}

static void close_channel (struct keeper *k)
{
  loop_watch_stop(&k->loop, &k->channel) ;
  loop_watch_stop(&k->loop, &k->process) ;
  loop_timer_clear(&k->loop, &k->due) ;
  loop_timer_clear(&k->loop, &k->again) ;
  frame_in_free(&k->in) ;
  fd_close(k->channelfd) ;
  fd_close(k->processfd) ;
  k->channelfd = k->processfd = -1 ;
  k->phase = KEEPER_WITHOUT ;
}

 /* It writes no more; its queue is read to the end. */

void keeper_bury (struct keeper *k, tain const *now)
{
  switch (read_some(k, UINT32_MAX, now))
  {
    case KEEPER_READ_NOMEMORY : wait_for_memory(k, now) ; return ;
    case KEEPER_READ_BAD : fail_to_read(k) ; return ;
    default : break ;
  }
  keeper_reap(k) ;
  keeper_drop_staged(k) ;
  close_channel(k) ;
  if (k->isending) keeper_end(k, 0) ;
  else if (has_failed(k)) keeper_end(k, WEXITSTATUS(k->status)) ;
  else if (k->isfull) replace(k, now) ;
  else
  {
    log_line(&k->holder->log, LOG_WARNING, "keeper: the worker has ended before all that it held was here") ;
    keeper_end(k, EXIT_FAILED) ;
  }
}

 /* Of one that has closed the channel and lives on nothing is known any longer. */

void keeper_due (struct keeper *k, tain const *now)
{
  if (k->phase == KEEPER_WITHOUT) keeper_start(k, now) ;
  else if (k->phase == KEEPER_DYING && !procfd_kill(k->processfd, SIGKILL))
  {
    log_line(&k->holder->log, LOG_WARNING, "keeper: unable to kill a worker that does not end: ", strerror(errno)) ;
    set_due(k, KEEPER_DYING_MS, now) ;
  }
}
