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
#include "libfdholderd/loop.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/store.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

enum { LOOP_REST_MS = 10 } ;

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

int loop_init (struct loop *l, struct holder *h, int listenfd, struct loop_options const *options)
{
  l->holder = h ;
  l->options = *options ;
  l->islameduck = 0 ;
  l->end = tain_infinite ;
  accept_init(&l->acceptor, listenfd) ;
  if (ndelay_on(listenfd) == -1) return 0 ;
  l->signalfd = trap_signals() ;
  if (l->signalfd < 0) return 0 ;
  l->poll = malloc((POLL_PEERS + h->budget.maxconn + SLOTS_ROOM) * sizeof(iopause_fd)) ;
  if (!l->poll) return 0 ;
  if (slots_init(&l->slots, h, h->budget.maxconn, &options->timeout)) return 1 ;
  free(l->poll) ;
  return 0 ;
}

void loop_free (struct loop *l)
{
  slots_free(&l->slots) ;
  selfpipe_finish() ;
  free(l->poll) ;
}

 /* Descriptor 0 must not become anybody's connection: it is covered. Who was
    not accepted may have sent descriptors, so that to close the socket may
    wait: its last reference goes to the helpers. */

static void stop_listening (struct loop *l)
{
  int copy = fcntl(l->acceptor.fd, F_DUPFD_CLOEXEC, 3) ;
  int fd = openc_read("/dev/null") ;
  if (fd < 0 || fd_move(l->acceptor.fd, fd) == -1) fd_close(l->acceptor.fd) ;
  if (copy >= 0) fdtable_close(&l->holder->fdtable, copy, 0) ;
  l->acceptor.fd = -1 ;
}

static void enter_lameduck (struct loop *l)
{
  if (l->islameduck) return ;
  log_line(&l->holder->log, LOG_INFO, "terminating: waiting for what is under way") ;
  l->islameduck = 1 ;
  tain_add(&l->end, &STAMP, &l->options.lameduck) ;
  stop_listening(l) ;
  slots_leave_all(&l->slots) ;
  for (uint32_t i = 0 ; i < l->slots.n ; i++) peer_lameduck(l->slots.peers[i], &STAMP) ;
}

 /* Nothing that the loop itself needs is worth dying for: what is held would
    be lost. It rests a little, and tells of it once a minute. */

static void rest (struct loop *l, char const *what)
{
  static struct timespec const pause = { .tv_sec = 0, .tv_nsec = LOOP_REST_MS * 1000000 } ;
  complaint_line(&l->holder->complaints, LOG_WARNING, what, 0, &STAMP, what, ": ", strerror(errno), ": trying again") ;
  nanosleep(&pause, 0) ;
}

static void handle_signals (struct loop *l)
{
  for (;;) switch (selfpipe_read())
  {
    case -1 : rest(l, "unable to read signals") ; return ;
    case 0 : return ;
    case SIGTERM : enter_lameduck(l) ; break ;
    case SIGCHLD : closer_reap(&l->holder->closer) ; break ;
    case SIGHUP : policy_reload(&l->holder->policy) ; break ;
    default : break ;
  }
}

static void log_expired (struct store_entry const *e, void *data)
{
  char quoted[LOG_QUOTED_MAX] ;
  struct holder *h = data ;
  if (log_wants(&h->log, LOG_INFO)) log_line(&h->log, LOG_INFO, "expired: ", log_quote(quoted, e->id, e->idlen)) ;
}

static void prepare_peers (struct loop *l, tain *when)
{
  iopause_fd *x = l->poll + POLL_PEERS ;
  for (uint32_t i = 0 ; i < l->slots.n ; i++, x++)
  {
    x->fd = l->slots.peers[i]->fd ;
    x->events = peer_events(l->slots.peers[i]) ;
    peer_next(l->slots.peers[i], when) ;
  }
  for (uint32_t i = 0 ; i < l->slots.waiting ; i++, x++)
  {
    x->fd = l->slots.room[i].fd ;
    x->events = 0 ;
  }
}

static void prepare (struct loop *l, tain *when)
{
  store_next_limit(&l->holder->store, when) ;
  if (tain_less(&l->end, when)) *when = l->end ;
  l->poll[POLL_SIGNALS].fd = l->signalfd ;
  l->poll[POLL_SIGNALS].events = POLLIN ;
  l->poll[POLL_ACCEPT].fd = accept_isready(&l->acceptor, &l->slots, &STAMP) ? l->acceptor.fd : -1 ;
  l->poll[POLL_ACCEPT].events = POLLIN ;
  accept_next(&l->acceptor, &l->slots, &STAMP, when) ;
  l->poll[POLL_CLOSER].fd = closer_fd(&l->holder->closer) ;
  l->poll[POLL_CLOSER].events = POLLIN ;
  closer_next(&l->holder->closer, when) ;
  prepare_peers(l, when) ;
  slots_next(&l->slots, &STAMP, when) ;
  flight_next(&l->holder->flight, when) ;
  complaint_next(&l->holder->complaints, &STAMP, when) ;
}

static void do_peer (struct peer *p, iopause_fd const *x)
{
  if (!x->revents) ;
  else if (x->revents & ~POLLOUT && x->events & POLLIN) peer_read(p, &STAMP) ;
  else if (x->revents & ~POLLOUT) peer_kill(p, "disconnected before its answer had left", &STAMP) ;
  else peer_write(p, &STAMP) ;
  peer_tick(p, &STAMP) ;
}

static void do_peers (struct loop *l)
{
  uint32_t n = l->slots.n ;
  iopause_fd const *x = l->poll + POLL_PEERS ;
  for (uint32_t i = l->slots.waiting ; i-- ; )
    if (x[n + i].revents) slots_leave(&l->slots, i) ;
  for (uint32_t i = 0 ; i < n ; i++) do_peer(l->slots.peers[i], x + i) ;
}

static void turn (struct loop *l)
{
  tain when ;
  unsigned int n ;
  prepare(l, &when) ;
  n = POLL_PEERS + l->slots.n + l->slots.waiting ;
  if (iopause_g(l->poll, n, tain_less(&when, &tain_infinite) ? &when : 0) < 0)
  {
    if (errno != EINTR) rest(l, "unable to wait for clients") ;
    return ;
  }
  store_expire(&l->holder->store, &STAMP, &log_expired, l->holder) ;
  do_peers(l) ;
  if (l->poll[POLL_ACCEPT].fd >= 0 && l->poll[POLL_ACCEPT].revents) accept_some(&l->acceptor, &l->slots, &STAMP) ;
  if (l->poll[POLL_SIGNALS].revents) handle_signals(l) ;
  slots_turn(&l->slots, &STAMP) ;
  l->holder->connection_fds -= flight_sweep(&l->holder->flight, &l->holder->accounts, &l->holder->fdtable, &STAMP) ;
  complaint_turn(&l->holder->complaints, &STAMP) ;
  if (l->poll[POLL_CLOSER].fd >= 0 && l->poll[POLL_CLOSER].revents) closer_wake(&l->holder->closer) ;
  closer_turn(&l->holder->closer, &STAMP) ;
}

static int is_over (struct loop const *l)
{
  return l->islameduck && (!l->slots.n || !tain_future(&l->end)) ;
}

void loop_run (struct loop *l)
{
  while (!is_over(l)) turn(l) ;
}
