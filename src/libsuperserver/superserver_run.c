/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "internal.h"
#include "libdaemon/readiness.h"

#include "libdaemon/clock.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

 /*
   accept is asked for only while all of these hold: fewer than maxconn
   children run; no accepted client still waits for a child (spawning
   failed for want of resources: it is tried again, nobody is turned
   away); no pause after a failure is under way. A pause is 10 ms at
   first, doubles up to a second, and ends early when a child ends.
 */

enum { PAUSE_FIRST = 10, PAUSE_LONGEST = 1000 } ;

static void complain (struct server *s, char const *what, char const *name, char const *then)
{
  tain now ;
  clock_now(&now) ;
  complaint_line(&s->complaints, LOG_WARNING, what, 0, &now, what, name, ": ", strerror(errno), then) ;
}

static void begin_pause (struct server *s)
{
  s->pause = !s->pause ? PAUSE_FIRST : s->pause < PAUSE_LONGEST / 2 ? s->pause << 1 : PAUSE_LONGEST ;
  s->resume = clock_milliseconds() + s->pause ;
}

static void turn_away (struct server *s)
{
  server_turn_away(s->client.fd, s->client.address.ss_family) ;
  s->waiting = 0 ;
}

static int is_shortage (int e)
{
  return e == EAGAIN || e == ENOMEM || e == EMFILE || e == ENFILE || e == ENOBUFS || e == ETXTBSY ;
}

 /* The client that was accepted gets its child, or waits for another try, or is given up. */

static void serve (struct server *s)
{
  unsigned char const *key = s->client.known ? s->client.key : 0 ;
  pid_t pid ;
  if (!children_reserve(&s->children))
  {
    complain(s, "unable to remember a child", "", "; the client waits") ;
    begin_pause(s) ;
    return ;
  }
  pid = spawner_run(&s->spawner, s->client.fd, s->environment.envp) ;
  if (!pid)
  {
    int shortage = is_shortage(errno) ;
    complain(s, "unable to spawn ", s->config->argv[0], shortage ? "; the client waits" : "; the connection is closed") ;
    if (shortage) begin_pause(s) ;
    else turn_away(s) ;
    return ;
  }
  children_add(&s->children, pid, key) ;
  server_log_accept(s, pid, key) ;
  server_log_status(s) ;
  close(s->client.fd) ;
  s->waiting = 0 ;
  server_end_pause(s) ;
}

static void meet (struct server *s)
{
  struct superserver_face const *face = s->config->face ;
  char fmt[UINT_FMT] = "" ;
  memset(s->client.key, 0, SUPERSERVER_KEYSIZE) ;
  environment_restart(&s->environment) ;
  superserver_put(&s->environment, "PROTO", face->protocol) ;
  if (!(*face->identify)(&s->client, &s->environment, s->config->data))
  {
    complain(s, "unable to find out who the client is", "", "; the connection is closed") ;
    turn_away(s) ;
    return ;
  }
  if (s->client.known)
  {
    uint32_t count = children_count(&s->children, s->client.key) ;
    if (count >= s->config->localmaxconn && s->sweep)
    {
      server_sweep(s) ;
      count = children_count(&s->children, s->client.key) ;
    }
    if (count >= s->config->localmaxconn)
    {
      server_log_reject(s, count) ;
      turn_away(s) ;
      return ;
    }
    fmt[uint_fmt(fmt, count + 1)] = 0 ;
  }
  superserver_put(&s->environment, face->number, fmt) ;
  serve(s) ;
}

static void accept_one (struct server *s)
{
  s->client.addresslen = sizeof(s->client.address) ;
  s->client.fd = accept4(0, (struct sockaddr *)&s->client.address, &s->client.addresslen, SOCK_CLOEXEC) ;
  if (s->client.fd == -1)
  {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return ;
    complain(s, "unable to accept", "", "; trying again") ;
    begin_pause(s) ;
    return ;
  }
  s->waiting = 1 ;
  meet(s) ;
}

static void terminate (struct server *s)
{
  children_kill(&s->children, SIGTERM) ;
  children_kill(&s->children, SIGCONT) ;
}

 /* 0: go on. */

static int obey (struct server *s)
{
  unsigned int bits = signals_take() ;
  if (bits & SIGNALBIT_CHLD) server_reap(s) ;
  if (bits & SIGNALBIT_ABRT)
  {
    log_line(&s->log, LOG_INFO, "received SIGABRT, sending SIGKILL to all connections and quitting") ;
    children_kill(&s->children, SIGKILL) ;
    return 1 ;
  }
  if (bits & SIGNALBIT_QUIT)
  {
    log_line(&s->log, LOG_INFO, "received SIGQUIT, sending ", s->config->face->words.terminating, " to all connections and quitting") ;
    terminate(s) ;
    return 1 ;
  }
  if (bits & SIGNALBIT_HUP)
  {
    log_line(&s->log, LOG_INFO, "received SIGHUP, sending ", s->config->face->words.terminating, " to all connections") ;
    terminate(s) ;
  }
  if (bits & SIGNALBIT_TERM)
  {
    log_line(&s->log, LOG_INFO, "received SIGTERM, quitting") ;
    return 1 ;
  }
  return 0 ;
}

 /* Milliseconds until the pause is over; -1 when there is none. */

static int64_t pause_left (struct server *s)
{
  int64_t left ;
  if (!s->resume) return -1 ;
  left = s->resume - clock_milliseconds() ;
  if (left > 0) return left ;
  s->resume = 0 ;
  return -1 ;
}

 /* Milliseconds until something has to be told; -1 when there is nothing. */

static int64_t complaints_left (struct server *s)
{
  tain when = tain_infinite ;
  tain now ;
  clock_now(&now) ;
  complaint_turn(&s->complaints, &now) ;
  complaint_next(&s->complaints, &now, &when) ;
  if (!tain_less(&when, &tain_infinite)) return -1 ;
  tain_sub(&when, &when, &now) ;
  return 1 + (int64_t)tain_to_millisecs(&when) ;
}

static int64_t sooner (int64_t a, int64_t b)
{
  return a < 0 || (b >= 0 && b < a) ? b : a ;
}

static void prepare (struct server *s)
{
  if (!fd_ensure_open(1, 1) || !fd_ensure_open(2, 1)) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (ndelay_on(0) == -1) strerr_diefusys(EXITCODE_SYSTEM, "make stdin non-blocking") ;
  if (!signals_init()) strerr_diefusys(EXITCODE_SYSTEM, "set up signals") ;
  children_init(&s->children) ;
  s->log.verbosity = s->config->verbosity ;
  complaint_init(&s->complaints, &s->log) ;
  if (!environment_init(&s->environment, s->config->face)
   || !spawner_init(&s->spawner, s->config->argv)
   || !children_reserve(&s->children))
    strerr_diefusys(EXITCODE_SYSTEM, "prepare to spawn") ;
  log_line(&s->log, LOG_INFO, "starting", s->config->bound) ;
  server_log_status(s) ;
  readiness_tell(s->config->ready) ;
}

int superserver_run (struct superserver const *given)
{
  struct superserver limited = *given ;
  struct superserver const *config = &limited ;
  static struct server s = { .log = LOG_ZERO } ;
  s.config = config ;
  if (!limited.maxconn) limited.maxconn = 1 ;
  if (limited.localmaxconn > limited.maxconn) limited.localmaxconn = limited.maxconn ;
  if (limited.ready) readiness_require() ;
  prepare(&s) ;
  for (;;)
  {
    int64_t left = pause_left(&s) ;
    int64_t wake = sooner(sooner(left, server_sweep_left(&s)), complaints_left(&s)) ;
    int ready ;
    if (s.waiting && left < 0)
    {
      serve(&s) ;
      continue ;
    }
    ready = signals_wait(left < 0 && s.children.running < config->maxconn, wake) ;
    if (obey(&s)) break ;
    if (ready) accept_one(&s) ;
  }
  complaint_end(&s.complaints) ;
  log_line(&s.log, LOG_INFO, "exiting") ;
  return EXITCODE_OK ;
}
