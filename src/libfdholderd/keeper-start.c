/* ISC license. */

 /* Where the worker comes from: it is started, or it was there. And where the
    keeper ends: it cannot be started. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/procfd.h"
#include "libfdholderd/keeper-internal.h"
#include "libfdholderd/state.h"
#include "libfdholderd/upgrade.h"

void keeper_set_due (struct keeper *k, unsigned int ms, tain const *now)
{
  tain when ;
  clock_after(&when, now, ms) ;
  loop_timer_set(&k->loop, &k->due, &when) ;
}

void keeper_end (struct keeper *k, int code)
{
  if (k->code < 0) k->code = code ;
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
  if (null < 0 || fd_move(1, null) == -1) _exit(KEEPER_EXIT_FAILED) ;  /* it does not tell readiness */
  sigemptyset(&none) ;
  sigprocmask(SIG_SETMASK, &none, 0) ;
  if (state_mark(st, 0) && upgrade_mark(&words, 0)) upgrade_execute(k->options.argv, &words) ;
  log_line(&k->holder->log, LOG_WARNING, "unable to execute a worker: ", strerror(errno)) ;
  _exit(KEEPER_EXIT_FAILED) ;
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
  state_own(&st, channel[0]) ;
  state_own(&st, channel[1]) ;
  if (state_make(&st, k->holder, 0, k->holder->upgrades, now)) fd = state_save(&st, STATE_FOR_NEXT) ;
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

 /* What the kernel lacks, or forbids, it will not have in a second. */

static int has_procfds (void)
{
  int fd = procfd_open(getpid()) ;
  if (fd >= 0) fd_close(fd) ;
  return fd >= 0 || (errno != ENOSYS && errno != EPERM) ;
}

void keeper_start (struct keeper *k, tain const *now)
{
  if (try_start(k, now)) return ;
  if (!k->isready && !has_procfds())
  {
    log_line(&k->holder->log, LOG_WARNING, "keeper: unable to know when a worker ends (pidfd_open): ", strerror(errno), ": this machine can hold without -k only") ;
    keeper_end(k, KEEPER_EXIT_FAILED) ;
    return ;
  }
  complaint_line(&k->holder->complaints, LOG_WARNING, "unable to start a worker", 0, now, "keeper: unable to start a worker: ", strerror(errno), ": trying again") ;
  keeper_set_due(k, KEEPER_PAUSE_MS, now) ;
}
