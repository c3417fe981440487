/* ISC license. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/procfd.h"
#include "libdaemon/signals.h"
#include "libfdholderd/account.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/keeper-internal.h"
#include "libfdholderd/upgrade.h"

enum { REST_MS = 10 } ;

 /* While we do not read, for memory or for exec, what is in the channel waits. */

static void on_channel (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  keeper_hear(data, now) ;
}

static void on_process (void *data, unsigned int events, tain const *now)
{
  struct keeper *k = data ;
  (void)events ;
  loop_watch_stop(&k->loop, &k->process) ;
  k->hasended = 1 ;
  keeper_lose(k, now) ;
  keeper_bury(k, now) ;
}

static void on_signal (void *data, unsigned int events, tain const *now)
{
  struct keeper *k = data ;
  (void)events ;
  (void)now ;
  k->aresignals = 1 ;
}

static void on_report (void *data, unsigned int events, tain const *now)
{
  struct keeper *k = data ;
  (void)events ;
  (void)now ;
  closer_wake(&k->holder->closer) ;
}

static void on_due (void *data, tain const *now)
{
  keeper_due(data, now) ;
}

static void on_again (void *data, tain const *now)
{
  struct keeper *k = data ;
  if (k->hasended) keeper_bury(k, now) ;
  else keeper_hear(k, now) ;
}

static void on_wake (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

static void terminate (struct keeper *k)
{
  k->isending = 1 ;
  upgrade_cancel(&k->upgrade, &STAMP) ;
  if (k->phase == KEEPER_WITHOUT) keeper_end(k, 0) ;
  else keeper_order(k, WIRE_ORDER_TERMINATE) ;
}

static void obey (void *data, int number, pid_t pid)
{
  struct keeper *k = data ;
  (void)pid ;
  switch (number)
  {
    case SIGTERM : terminate(k) ; break ;
    case SIGCHLD :
      closer_reap(&k->holder->closer) ;
      upgrade_reap(&k->upgrade) ;
      break ;
    case SIGUSR1 : if (!k->isending) upgrade_ask(&k->upgrade) ; break ;
    case SIGHUP : keeper_order(k, WIRE_ORDER_RELOAD) ; break ;
    default : break ;
  }
}

 /* The worker executes itself, too, when it is known that it can be done. We do
    it between two batches, beside a worker that lives. */

static void on_quiesce (void *data)
{
  keeper_order(data, WIRE_ORDER_UPGRADE) ;
}

static int may_execute (void *data)
{
  struct keeper const *k = data ;
  return k->code < 0 && k->isready && k->phase == KEEPER_KEEPING && keeper_isbetween(k) ;
}

static void describe_role (void *data, struct upgrade_words *words)
{
  struct keeper const *k = data ;
  words->keeper = k->channelfd ;
  words->process = k->processfd ;
}

static int reap (void *data, pid_t pid)
{
  struct keeper *k = data ;
  if (pid != k->child) return 0 ;
  keeper_reap(k) ;
  return 1 ;
}

static int begin_watching (struct keeper *k, int signalfd)
{
  int reports = closer_reports(&k->holder->closer) ;
  loop_watch_init(&k->channel, &on_channel, k) ;
  loop_watch_init(&k->process, &on_process, k) ;
  loop_watch_init(&k->signals, &on_signal, k) ;
  loop_watch_init(&k->reports, &on_report, k) ;
  loop_timer_init(&k->due, &on_due, k) ;
  loop_timer_init(&k->again, &on_again, k) ;
  loop_timer_init(&k->wake, &on_wake, k) ;
  return loop_watch_start(&k->loop, &k->signals, signalfd, LOOP_READ)
    && (reports < 0 || loop_watch_start(&k->loop, &k->reports, reports, 0)) ;
}

int keeper_init (struct keeper *k, struct holder *h, struct keeper_options const *options)
{
  static int const signals[] = { SIGTERM, SIGHUP, SIGCHLD, SIGUSR1 } ;
  static struct upgrade_hooks const hooks = { .isready = &may_execute, .quiesce = &on_quiesce, .words = &describe_role, .reap = &reap } ;
  int signalfd ;
  memset(k, 0, sizeof(*k)) ;
  k->holder = h ;
  k->options = *options ;
  k->channelfd = k->processfd = -1 ;
  k->code = -1 ;
  keeper_init_reading(k) ;
  accounts_init(&h->accounts) ;
  inspect_init(&h->inspect, &h->store, 0) ;
  signalfd = signals_init(signals, sizeof(signals) / sizeof(*signals)) ;
  if (signalfd < 0 || !loop_init(&k->loop) || !begin_watching(k, signalfd)) return 0 ;
  h->begun = STAMP ;
  upgrade_init(&k->upgrade, h, 0, &k->loop, options->argv, signalfd) ;
  k->upgrade.hooks = &hooks ;
  k->upgrade.data = k ;
  return 1 ;
}

static void rest (struct keeper *k, char const *what)
{
  static struct timespec const pause = { .tv_sec = 0, .tv_nsec = REST_MS * 1000000 } ;
  complaint_line(&k->holder->complaints, LOG_WARNING, what, 0, &STAMP, "keeper: ", what, ": ", strerror(errno), ": trying again") ;
  nanosleep(&pause, 0) ;
}

static void prepare (struct keeper *k)
{
  struct closer *c = &k->holder->closer ;
  tain when = tain_infinite ;
  closer_next(c, &when) ;
  complaint_next(&k->holder->complaints, &STAMP, &when) ;
  loop_timer_set(&k->loop, &k->wake, &when) ;
  if (loop_watch_isstarted(&k->reports)) loop_watch_change(&k->loop, &k->reports, closer_isawaited(c) ? LOOP_READ : 0) ;
}

static void turn (struct keeper *k)
{
  struct holder *h = k->holder ;
  k->aresignals = 0 ;
  prepare(k) ;
  if (!loop_turn(&k->loop) && errno != EINTR) rest(k, "unable to wait") ;
  if (k->aresignals && !signals_take(k->signals.fd, &obey, k)) rest(k, "unable to read signals") ;
  complaint_turn(&h->complaints, &STAMP) ;
  closer_turn(&h->closer, &STAMP, 0) ;
  upgrade_turn(&k->upgrade, &STAMP) ;
}

int keeper_run (struct keeper *k)
{
  while (k->code < 0) turn(k) ;
  upgrade_end(&k->upgrade) ;
  return k->code ;
}
