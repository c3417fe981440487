/* ISC license. */

 /* The worker: it is heard, it ends. */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/procfd.h"
#include "libfdholderd/keeper-internal.h"
#include "libfdwire/frame.h"

enum { REASON_MAX = 64 } ;

void keeper_order (struct keeper *k, char order)
{
  if (k->channelfd >= 0) send(k->channelfd, &order, 1, MSG_NOSIGNAL | MSG_DONTWAIT) ;
}

void keeper_lose (struct keeper *k, tain const *now)
{
  if (k->phase != KEEPER_KEEPING) return ;
  k->phase = KEEPER_DYING ;
  keeper_set_due(k, KEEPER_DYING_MS, now) ;
}

static void fail_to_read (struct keeper *k)
{
  log_line(&k->holder->log, LOG_WARNING, "keeper: unable to take what the worker tells: ", errno ? strerror(errno) : "protocol error") ;
  keeper_end(k, KEEPER_EXIT_FAILED) ;
}

static void wait_a_little (struct keeper *k, tain const *now)
{
  tain when ;
  clock_after(&when, now, KEEPER_SHORTAGE_MS) ;
  loop_timer_set(&k->loop, &k->again, &when) ;
  loop_watch_stop(&k->loop, &k->channel) ;
}

static void wait_for_memory (struct keeper *k, tain const *now)
{
  complaint_line(&k->holder->complaints, LOG_WARNING, "out of memory", 0, now, "keeper: out of memory: trying again") ;
  wait_a_little(k, now) ;
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

static void fail_to_adopt (struct keeper *k, char const *what)
{
  log_line(&k->holder->log, LOG_WARNING, "keeper: the worker has ended ", what, "before all that it held was here") ;
  keeper_end(k, KEEPER_EXIT_FAILED) ;
}

 /* Of a worker that lives, and has what we have not, only we are to end. */

static void end_channel (struct keeper *k, tain const *now)
{
  loop_watch_stop(&k->loop, &k->channel) ;
  if (k->isfull || k->isending) keeper_lose(k, now) ;
  else fail_to_adopt(k, "the channel ") ;
}

void keeper_hear (struct keeper *k, tain const *now)
{
  switch (read_some(k, KEEPER_AT_ONCE, now))
  {
    case KEEPER_READ_AGAIN :
    case KEEPER_READ_MORE :
      if (!loop_watch_isstarted(&k->channel) && !loop_watch_start(&k->loop, &k->channel, k->channelfd, LOOP_READ)) wait_for_memory(k, now) ;
      break ;
    case KEEPER_READ_CLOSING : wait_a_little(k, now) ; break ;
    case KEEPER_READ_NOMEMORY : wait_for_memory(k, now) ; break ;
    case KEEPER_READ_BAD : fail_to_read(k) ; break ;
    case KEEPER_READ_END : end_channel(k, now) ; break ;
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
  else keeper_set_due(k, KEEPER_PAUSE_MS, now) ;
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
  k->hasended = 0 ;
  k->phase = KEEPER_WITHOUT ;
}

 /* It writes no more; its queue is read to the end. */

void keeper_bury (struct keeper *k, tain const *now)
{
  switch (read_some(k, UINT32_MAX, now))
  {
    case KEEPER_READ_CLOSING : wait_a_little(k, now) ; return ;
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
  else fail_to_adopt(k, "") ;
}

 /* Of one that has closed the channel and lives on nothing is known any longer. */

void keeper_due (struct keeper *k, tain const *now)
{
  if (k->phase == KEEPER_WITHOUT) keeper_start(k, now) ;
  else if (k->phase == KEEPER_DYING && !k->hasended && !procfd_kill(k->processfd, SIGKILL))
  {
    log_line(&k->holder->log, LOG_WARNING, "keeper: unable to kill a worker that does not end: ", strerror(errno)) ;
    keeper_set_due(k, KEEPER_DYING_MS, now) ;
  }
}
