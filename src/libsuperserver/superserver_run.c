/* ISC license. */

#include <signal.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "internal.h"

#include "libdaemon/backoff.h"
#include "libdaemon/children.h"
#include "libdaemon/closer.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/readiness.h"
#include "libdaemon/signals.h"
#include "libdaemon/spawner.h"

static void on_end (void *data, struct child *child, int status)
{
  struct server *s = data ;
  unsigned char key[SUPERSERVER_KEYSIZE] = { 0 } ;
  pid_t pid = child->pid ;
  int known = connections_forget(&s->connections, child, key) ;
  backoff_reset(&s->backoff) ;
  server_log_end(s, pid, key, known, status) ;
  server_log_status(s) ;
}

static void terminate (struct server *s)
{
  children_kill(&s->connections.children, SIGTERM) ;
  children_kill(&s->connections.children, SIGCONT) ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct server *s = data ;
  char const *terminating = s->config->face->words.terminating ;
  switch (sig)
  {
    case SIGCHLD :
      children_reap(&s->connections.children, pid, &STAMP) ;
      closer_reap(&s->closer) ;
      return ;
    case SIGHUP :
      log_line(&s->log, LOG_INFO, "received SIGHUP, sending ", terminating, " to all connections") ;
      terminate(s) ;
      return ;
    case SIGQUIT :
      log_line(&s->log, LOG_INFO, "received SIGQUIT, sending ", terminating, " to all connections and quitting") ;
      terminate(s) ;
      break ;
    case SIGABRT :
      log_line(&s->log, LOG_INFO, "received SIGABRT, sending SIGKILL to all connections and quitting") ;
      children_kill(&s->connections.children, SIGKILL) ;
      break ;
    default : log_line(&s->log, LOG_INFO, "received SIGTERM, quitting") ;
  }
  s->isending = 1 ;
}

static void on_signals (void *data, unsigned int events, tain const *now)
{
  struct server *s = data ;
  (void)events ;
  (void)now ;
  if (!signals_take(s->signals.fd, &on_signal, s)) strerr_diefusys(EXITCODE_SYSTEM, "read signals") ;
}

 /* Who waits is accepted at the end of the turn: signals that came with him go
    first, else clients that never pause would have none obeyed. */

static void on_client (void *data, unsigned int events, tain const *now)
{
  struct server *s = data ;
  (void)events ;
  (void)now ;
  s->isasked = 1 ;
}

static void on_wake (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

 /*
   accept is asked for only while all of these hold: fewer than maxconn
   children run; no accepted client still waits for a child (spawning
   failed for want of resources: it is tried again, nobody is turned
   away); no pause after a failure is under way, which ends early when a
   child ends. The watch is stopped, not left to want nothing: whoever shuts
   the socket down would keep the loop awake.
 */

static void listen_or_pause (struct server *s)
{
  int islistening = !s->waiting && children_running(&s->connections.children) < s->config->maxconn && !backoff_iswaiting(&s->backoff, &STAMP) ;
  if (islistening == loop_watch_isstarted(&s->listener)) return ;
  if (!islistening) loop_watch_stop(&s->loop, &s->listener) ;
  else if (!loop_watch_start(&s->loop, &s->listener, 0, LOOP_READ))
  {
    server_complain(s, "unable to wait for clients", "", "; trying again") ;
    backoff_begin(&s->backoff, &STAMP) ;
  }
}

static void wait_for_something (struct server *s)
{
  tain when = tain_infinite ;
  listen_or_pause(s) ;
  children_next(&s->connections.children, &when) ;
  backoff_next(&s->backoff, &when) ;
  complaint_next(&s->complaints, &STAMP, &when) ;
  loop_timer_set(&s->loop, &s->wake, &when) ;
  s->isasked = 0 ;
  loop_turn(&s->loop) ;
}

static void do_what_is_due (struct server *s)
{
  children_turn(&s->connections.children, &STAMP) ;
  complaint_turn(&s->complaints, &STAMP) ;
  if (s->isasked) server_accept(s) ;
  else if (s->waiting && !backoff_iswaiting(&s->backoff, &STAMP)) server_serve(s) ;
}

static int prepare_loop (struct server *s)
{
  static int const signals[] = { SIGCHLD, SIGTERM, SIGHUP, SIGQUIT, SIGABRT } ;
  int fd = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  if (fd == -1 || !tain_now_set_stopwatch_g() || !loop_init(&s->loop)) return 0 ;
  loop_watch_init(&s->listener, &on_client, s) ;
  loop_watch_init(&s->signals, &on_signals, s) ;
  loop_timer_init(&s->wake, &on_wake, s) ;
  return loop_watch_start(&s->loop, &s->signals, fd, LOOP_READ) ;
}

static void prepare (struct server *s)
{
  if (!fd_ensure_open(1, 1) || !fd_ensure_open(2, 1)) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (ndelay_on(0) == -1) strerr_diefusys(EXITCODE_SYSTEM, "make stdin non-blocking") ;
  if (!prepare_loop(s)) strerr_diefusys(EXITCODE_SYSTEM, "prepare to wait") ;
  connections_init(&s->connections, &on_end, s) ;
  s->log.verbosity = s->config->verbosity ;
  complaint_init(&s->complaints, &s->log) ;
  if (!environment_init(&s->environment, s->config->face)
   || !spawner_init(&s->spawner, s->config->argv)
   || !connections_reserve(&s->connections))
    strerr_diefusys(EXITCODE_SYSTEM, "prepare to spawn") ;
  log_line(&s->log, LOG_INFO, "starting", s->config->bound) ;
  server_log_status(s) ;
  readiness_tell(s->config->ready) ;
}

int superserver_run (struct superserver const *given)
{
  struct superserver limited = *given ;
  struct superserver const *config = &limited ;
  static struct server s = { .log = LOG_ZERO, .closer = CLOSER_ZERO } ;
  s.config = config ;
  if (!limited.maxconn) limited.maxconn = 1 ;
  if (limited.localmaxconn > limited.maxconn) limited.localmaxconn = limited.maxconn ;
  if (limited.ready) readiness_require() ;
  prepare(&s) ;
  children_sweep(&s.connections.children) ;
  for (;;)
  {
    wait_for_something(&s) ;
    if (s.isending) break ;
    do_what_is_due(&s) ;
  }
  complaint_end(&s.complaints) ;
  log_line(&s.log, LOG_INFO, "exiting") ;
  return EXITCODE_OK ;
}
