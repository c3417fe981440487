/* ISC license. */

#include <stdlib.h>
#include <signal.h>
#include <errno.h>
#include <poll.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include <skalibs/djbunix.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libfdholderd/accept.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdholderd/serve.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/store.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

enum { SERVE_REST_MS = 10 } ;

enum poll_places
{
  POLL_SIGNALS,
  POLL_ACCEPT,
  POLL_CLOSER,
  POLL_PEERS  /* then the waiting ones */
} ;

static int trap_signals (void)
{
  sigset_t set ;
  int fd = selfpipe_init() ;
  if (fd < 0) return -1 ;
  signal(SIGPIPE, SIG_IGN) ;
  sigemptyset(&set) ;
  sigaddset(&set, SIGTERM) ;
  sigaddset(&set, SIGHUP) ;
  sigaddset(&set, SIGCHLD) ;
  return selfpipe_trapset(&set) ? fd : -1 ;
}

int serve_init (struct serve *s, struct holder *h, int listenfd, struct serve_options const *options)
{
  s->holder = h ;
  s->options = *options ;
  s->islameduck = 0 ;
  s->end = tain_infinite ;
  accept_init(&s->acceptor, listenfd) ;
  if (ndelay_on(listenfd) == -1) return 0 ;
  s->signalfd = trap_signals() ;
  if (s->signalfd < 0) return 0 ;
  s->poll = malloc((POLL_PEERS + h->budget.maxconn + SLOTS_ROOM) * sizeof(iopause_fd)) ;
  if (!s->poll) return 0 ;
  if (slots_init(&s->slots, h, h->budget.maxconn, &options->timeout)) return 1 ;
  free(s->poll) ;
  return 0 ;
}

void serve_free (struct serve *s)
{
  slots_free(&s->slots) ;
  selfpipe_finish() ;
  free(s->poll) ;
}

 /* Descriptor 0 must not become anybody's connection: it is covered. Who was
    not accepted may have sent descriptors, so that to close the socket may
    wait: its last reference goes to the helpers. */

static void stop_listening (struct serve *s)
{
  int copy = fcntl(s->acceptor.fd, F_DUPFD_CLOEXEC, 3) ;
  int fd = openc_read("/dev/null") ;
  if (fd < 0 || fd_move(s->acceptor.fd, fd) == -1) fd_close(s->acceptor.fd) ;
  if (copy >= 0) fdtable_close(&s->holder->fdtable, copy, 0) ;
  s->acceptor.fd = -1 ;
}

static void enter_lameduck (struct serve *s)
{
  if (s->islameduck) return ;
  log_line(&s->holder->log, LOG_INFO, "terminating: waiting for what is under way") ;
  s->islameduck = 1 ;
  tain_add(&s->end, &STAMP, &s->options.lameduck) ;
  stop_listening(s) ;
  slots_leave_all(&s->slots) ;
  for (uint32_t i = 0 ; i < s->slots.n ; i++) peer_lameduck(s->slots.peers[i], &STAMP) ;
}

 /* Nothing that the loop itself needs is worth dying for: what is held would
    be lost. It rests a little, and tells of it once a minute. */

static void rest (struct serve *s, char const *what)
{
  static struct timespec const pause = { .tv_sec = 0, .tv_nsec = SERVE_REST_MS * 1000000 } ;
  complaint_line(&s->holder->complaints, LOG_WARNING, what, 0, &STAMP, what, ": ", strerror(errno), ": trying again") ;
  nanosleep(&pause, 0) ;
}

static void handle_signals (struct serve *s)
{
  for (;;) switch (selfpipe_read())
  {
    case -1 : rest(s, "unable to read signals") ; return ;
    case 0 : return ;
    case SIGTERM : enter_lameduck(s) ; break ;
    case SIGCHLD : closer_reap(&s->holder->closer) ; break ;
    case SIGHUP : policy_reload(&s->holder->policy) ; break ;
    default : break ;
  }
}

static void log_expired (struct store_entry const *e, void *data)
{
  char quoted[LOG_QUOTED_MAX] ;
  struct holder *h = data ;
  if (log_wants(&h->log, LOG_INFO)) log_line(&h->log, LOG_INFO, "expired: ", log_quote(quoted, e->id, e->idlen)) ;
}

static void prepare_peers (struct serve *s, tain *when)
{
  iopause_fd *x = s->poll + POLL_PEERS ;
  for (uint32_t i = 0 ; i < s->slots.n ; i++, x++)
  {
    x->fd = s->slots.peers[i]->fd ;
    x->events = peer_events(s->slots.peers[i]) ;
    peer_next(s->slots.peers[i], when) ;
  }
  for (uint32_t i = 0 ; i < s->slots.waiting ; i++, x++)
  {
    x->fd = s->slots.room[i].fd ;
    x->events = 0 ;
  }
}

static void prepare (struct serve *s, tain *when)
{
  store_next_limit(&s->holder->store, when) ;
  if (tain_less(&s->end, when)) *when = s->end ;
  s->poll[POLL_SIGNALS].fd = s->signalfd ;
  s->poll[POLL_SIGNALS].events = POLLIN ;
  s->poll[POLL_ACCEPT].fd = accept_isready(&s->acceptor, &s->slots, &STAMP) ? s->acceptor.fd : -1 ;
  s->poll[POLL_ACCEPT].events = POLLIN ;
  accept_next(&s->acceptor, &s->slots, &STAMP, when) ;
  s->poll[POLL_CLOSER].fd = closer_fd(&s->holder->closer) ;
  s->poll[POLL_CLOSER].events = POLLIN ;
  closer_next(&s->holder->closer, when) ;
  prepare_peers(s, when) ;
  slots_next(&s->slots, &STAMP, when) ;
  flight_next(&s->holder->flight, when) ;
  complaint_next(&s->holder->complaints, &STAMP, when) ;
}

static void do_peer (struct peer *p, iopause_fd const *x)
{
  if (!x->revents) ;
  else if (x->revents & ~POLLOUT && x->events & POLLIN) peer_read(p, &STAMP) ;
  else if (x->revents & ~POLLOUT) peer_kill(p, "disconnected before its answer had left", &STAMP) ;
  else peer_write(p, &STAMP) ;
  peer_tick(p, &STAMP) ;
}

static void do_peers (struct serve *s)
{
  uint32_t n = s->slots.n ;
  iopause_fd const *x = s->poll + POLL_PEERS ;
  for (uint32_t i = s->slots.waiting ; i-- ; )
    if (x[n + i].revents) slots_leave(&s->slots, i) ;
  for (uint32_t i = 0 ; i < n ; i++) do_peer(s->slots.peers[i], x + i) ;
}

static void turn (struct serve *s)
{
  tain when ;
  unsigned int n ;
  prepare(s, &when) ;
  n = POLL_PEERS + s->slots.n + s->slots.waiting ;
  if (iopause_g(s->poll, n, tain_less(&when, &tain_infinite) ? &when : 0) < 0)
  {
    if (errno != EINTR) rest(s, "unable to wait for clients") ;
    return ;
  }
  store_expire(&s->holder->store, &STAMP, &log_expired, s->holder) ;
  do_peers(s) ;
  if (s->poll[POLL_ACCEPT].fd >= 0 && s->poll[POLL_ACCEPT].revents) accept_some(&s->acceptor, &s->slots, &STAMP) ;
  if (s->poll[POLL_SIGNALS].revents) handle_signals(s) ;
  slots_turn(&s->slots, &STAMP) ;
  s->holder->connection_fds -= flight_sweep(&s->holder->flight, &s->holder->accounts, &s->holder->fdtable, &STAMP) ;
  complaint_turn(&s->holder->complaints, &STAMP) ;
  if (s->poll[POLL_CLOSER].fd >= 0 && s->poll[POLL_CLOSER].revents) closer_wake(&s->holder->closer) ;
  closer_turn(&s->holder->closer, &STAMP) ;
}

static int is_over (struct serve const *s)
{
  return s->islameduck && (!s->slots.n || !tain_future(&s->end)) ;
}

void serve_run (struct serve *s)
{
  while (!is_over(s)) turn(s) ;
}
