/* ISC license. */

#include <signal.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/signals.h"
#include "libfdholderd/accept.h"
#include "libfdholderd/flight.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/serve-internal.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/store.h"
#include "libfdholderd/upgrade.h"
#include "libfdholderd/verbs.h"
#include "libfdholderd/watch.h"

enum { SERVE_REST_MS = 10 } ;

 /* Nothing that the loop itself needs is worth dying for: what is held would
    be lost. It rests a little, and tells of it once a minute. */

static void rest (struct serve *s, char const *what)
{
  static struct timespec const pause = { .tv_sec = 0, .tv_nsec = SERVE_REST_MS * 1000000 } ;
  complaint_line(&s->holder->complaints, LOG_WARNING, what, 0, &STAMP, what, ": ", strerror(errno), ": trying again") ;
  nanosleep(&pause, 0) ;
}

 /* Signals and connections wait for the end of the turn: what a client has
    sent before SIGTERM is read before it is obeyed, and who has gone is not in
    the way of who comes. */

static void on_signal (void *data, unsigned int events, tain const *now)
{
  struct serve *s = data ;
  (void)events ;
  (void)now ;
  s->aresignals = 1 ;
}

static void on_connection (void *data, unsigned int events, tain const *now)
{
  struct serve *s = data ;
  (void)events ;
  (void)now ;
  s->areconnections = 1 ;
}

static void on_report (void *data, unsigned int events, tain const *now)
{
  struct serve *s = data ;
  (void)events ;
  (void)now ;
  closer_wake(&s->holder->closer) ;
}

static void on_limit (void *data, tain const *now)
{
  struct serve *s = data ;
  verbs_expire(s->holder, now) ;
}

static void on_wake (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

static int begin_watching (struct serve *s, int listenfd, int signalfd)
{
  int reports = closer_reports(&s->holder->closer) ;
  loop_watch_init(&s->listening, &on_connection, s) ;
  loop_watch_init(&s->signals, &on_signal, s) ;
  loop_watch_init(&s->reports, &on_report, s) ;
  loop_timer_init(&s->expiry, &on_limit, s) ;
  loop_timer_init(&s->wake, &on_wake, s) ;
  return loop_watch_start(&s->loop, &s->listening, listenfd, LOOP_READ)
    && loop_watch_start(&s->loop, &s->signals, signalfd, LOOP_READ)
    && (reports < 0 || loop_watch_start(&s->loop, &s->reports, reports, 0)) ;
}

 /* The channel goes on in the next image, between two changes. */

static int may_execute (void *data)
{
  struct serve const *s = data ;
  return !verbs_isbehind(s->holder) ;
}

static void describe_role (void *data, struct upgrade_words *words)
{
  struct serve const *s = data ;
  struct kept const *k = &s->holder->kept ;
  if (k->state != KEPT_OFF) words->worker = kept_isopen(k) ? k->fd : UPGRADE_ALONE ;
}

static struct upgrade_hooks const hooks = { .isready = &may_execute, .words = &describe_role } ;

int serve_init (struct serve *s, struct holder *h, int listenfd, struct serve_options const *options)
{
  static int const signals[] = { SIGTERM, SIGHUP, SIGCHLD, SIGUSR1 } ;
  int signalfd ;
  s->holder = h ;
  s->options = *options ;
  s->islameduck = 0 ;
  s->end = tain_infinite ;
  accept_init(&s->acceptor, listenfd) ;
  if (ndelay_on(listenfd) == -1) return 0 ;
  signalfd = signals_init(signals, sizeof(signals) / sizeof(*signals)) ;
  if (signalfd < 0 || !loop_init(&s->loop)) return 0 ;
  if (!begin_watching(s, listenfd, signalfd)) return 0 ;
  if (!slots_init(&s->slots, h, &s->loop, h->budget.maxconn, &options->timeout)) return 0 ;
  h->begun = STAMP ;
  kept_init(&h->kept, &h->store, &h->complaints, &s->loop, listenfd, &serve_order, s) ;
  upgrade_init(&s->upgrade, h, &s->slots, &s->loop, options->argv, signalfd) ;
  s->upgrade.hooks = &hooks ;
  s->upgrade.data = s ;
  return 1 ;
}

 /* The watch is stopped, not left to want nothing: whoever shuts the socket
    down would keep the loop awake. 0 and errno: the loop cannot be told. */

static int listen_or_pause (struct serve *s)
{
  int islistening = !s->holder->isquiescing && accept_isready(&s->acceptor, &s->slots, &STAMP) ;
  if (islistening == loop_watch_isstarted(&s->listening)) return 1 ;
  if (islistening) return loop_watch_start(&s->loop, &s->listening, s->acceptor.fd, LOOP_READ) ;
  loop_watch_stop(&s->loop, &s->listening) ;
  return 1 ;
}

static int want (struct serve *s)
{
  unsigned int reports = closer_isawaited(&s->holder->closer) ? LOOP_READ : 0 ;
  return listen_or_pause(s) && (!loop_watch_isstarted(&s->reports) || loop_watch_change(&s->loop, &s->reports, reports)) ;
}

static void prepare (struct serve *s)
{
  tain when = tain_infinite ;
  if (!kept_isbusy(&s->holder->kept)) store_next_limit(&s->holder->store, &when) ;
  loop_timer_set(&s->loop, &s->expiry, &when) ;
  when = s->end ;
  accept_next(&s->acceptor, &s->slots, &STAMP, &when) ;
  closer_next(&s->holder->closer, &when) ;
  slots_next(&s->slots, &STAMP, &when) ;
  watch_next(&s->holder->watch, &STAMP, &when) ;
  inspect_next(&s->holder->inspect, &STAMP, &when) ;
  kept_next(&s->holder->kept, &STAMP, &when) ;
  flight_next(&s->holder->flight, &when) ;
  complaint_next(&s->holder->complaints, &STAMP, &when) ;
  loop_timer_set(&s->loop, &s->wake, &when) ;
  if (!want(s)) rest(s, "unable to wait for connections") ;
}

static void turn (struct serve *s)
{
  struct holder *h = s->holder ;
  s->areconnections = s->aresignals = 0 ;
  prepare(s) ;
  if (!loop_turn(&s->loop) && errno != EINTR) rest(s, "unable to wait for clients") ;
  if (s->areconnections) accept_some(&s->acceptor, &s->slots, &STAMP) ;
  else if (loop_watch_isstarted(&s->listening)) slots_relieve(&s->slots) ;
  if (s->aresignals && !signals_take(s->signals.fd, &serve_obey, s)) rest(s, "unable to read signals") ;
  if (kept_turn(&h->kept, &STAMP)) verbs_go_on(h, &STAMP) ;
  watch_turn(&h->watch, &STAMP) ;
  inspect_turn(&h->inspect, &STAMP) ;
  slots_turn(&s->slots, &STAMP) ;
  flight_sweep(&h->flight, &h->accounts, &h->fdtable, &STAMP) ;
  complaint_turn(&h->complaints, &STAMP) ;
  closer_turn(&h->closer, &STAMP, slots_arewithheld(&s->slots)) ;
  upgrade_turn(&s->upgrade, &STAMP) ;
}

static int is_over (struct serve const *s)
{
  return s->islameduck && ((!s->slots.n && !verbs_isbehind(s->holder)) || !tain_future(&s->end)) ;
}

void serve_run (struct serve *s)
{
  while (!is_over(s)) turn(s) ;
  upgrade_end(&s->upgrade) ;
}
