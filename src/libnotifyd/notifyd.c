/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/children.h"
#include "libdaemon/clock.h"
#include "libdaemon/list.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/nowait.h"
#include "libdaemon/signals.h"
#include "libfdwire/wire.h"
#include "libnotifyd/notifyd-internal.h"
#include "libnotifyd/senders.h"
#include "libnotifyd/stored.h"

static int const signals[] = { SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 } ;

static void watch_entry (void *data, struct stored_entry *e)
{
  notifyd_watch(data, e) ;
}

 /* What it has sent before it ended is in the socket; and a sender that nobody has reaped
    is known still. */

static void on_end (struct notifyd *d)
{
  if (d->state == NOTIFYD_RUNNING) notifyd_read(d, NOTIFYD_ALL) ;
  children_sweep(&d->children) ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct notifyd *d = data ;
  (void)pid ;
  if (sig == SIGCHLD) on_end(d) ;
  else if (d->state == NOTIFYD_RUNNING) kill(d->program.pid, sig) ;
  else if (sig == SIGTERM || sig == SIGINT || sig == SIGQUIT) d->deadline = STAMP ;
}

static void on_signals (void *data, unsigned int events, tain const *now)
{
  struct notifyd *d = data ;
  (void)events ;
  (void)now ;
  if (!signals_take(d->signals.fd, &on_signal, d)) log_line(d->log, LOG_WARNING, "unable to read signals: ", strerror(errno)) ;
}

static void on_message (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  (void)now ;
  notifyd_read(data, NOTIFYD_SOME) ;
}

static void on_time (void *data, tain const *now)
{
  struct notifyd *d = data ;
  complaint_turn(&d->complaints, now) ;
  children_turn(&d->children, now) ;
}

 /* Its last words may have come while others were looked for. Then nobody is listened to any
    more: what is left is to tell the holder, and to see that it has all that it was told. One
    that has just died may have lost it, and we have copies still. */

static void on_child (void *data, struct child *child, int wstat)
{
  struct notifyd *d = data ;
  int fd = d->inbox.fd ;
  (void)child ;
  notifyd_read(d, NOTIFYD_ALL) ;
  d->wstat = wstat ;
  d->state = NOTIFYD_FINISHING ;
  if (d->stored.live) d->isknown = 0 ;
  loop_watch_stop(&d->loop, &d->inbox) ;
  fd_close(fd) ;
  d->deadline = tain_infinite ;
  if (d->options.timeout) clock_after(&d->deadline, &STAMP, d->options.timeout) ;
}

void notifyd_init (struct notifyd *d, struct notifyd_options const *options, struct log *log)
{
  d->options = *options ;
  d->log = log ;
  d->isknown = 1 ;
  d->patience = options->timeout ;
  notifyd_haste_reset(d) ;
  d->again = STAMP ;
  notifyd_connected(d) ;
  list_init(&d->queue) ;
  for (unsigned int i = 0 ; i < NOTIFYD_BARRIERS ; i++) d->barriers[i].fd = -1 ;
  complaint_init(&d->complaints, log) ;
  nowait_init(&d->ready, options->ready) ;
  children_init(&d->children, &on_child, d) ;
  stored_init(&d->stored, options->prefix, options->max, d) ;
}

 /* 0: the hard limit does not allow it. */

static int raise_limit (struct notifyd *d, size_t held)
{
  struct rlimit limit ;
  rlim_t need = d->options.given + (held > d->options.max ? held : d->options.max) + WIRE_FDS_MAX + NOTIFYD_BARRIERS + NOTIFYD_DESCRIPTORS ;
  if (getrlimit(RLIMIT_NOFILE, &d->limit) == -1) return 0 ;
  if (d->limit.rlim_cur == RLIM_INFINITY || d->limit.rlim_cur >= need) return 1 ;
  if (d->limit.rlim_max != RLIM_INFINITY && d->limit.rlim_max < need) return (errno = EMFILE, 0) ;
  limit = d->limit ;
  limit.rlim_cur = need ;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ;
}

static int take (struct notifyd *d, char const *id, tain const *deadline, char const **what)
{
  int fd = fdholder_retrieve_g(&d->holder, id, deadline) ;
  if (fd < 0) return errno == ENOENT ;  /* its limit has passed meanwhile */
  *what = "keep " ;
  return !!stored_adopt(&d->stored, id, fd) ;
}

static int take_all (struct notifyd *d, char const *ids, size_t n, tain const *deadline, char const **what, char const **id)
{
  char const *s = ids ;
  size_t ours = 0 ;
  for (size_t i = 0 ; i < n ; i++, s += strlen(s) + 1) ours += stored_isid(&d->stored, s) ;
  *what = "raise the limit of open files" ;
  if (!raise_limit(d, ours)) return 0 ;
  for (*id = ids ; n-- ; *id += strlen(*id) + 1)
  {
    *what = "retrieve " ;
    if (stored_isid(&d->stored, *id) && !take(d, *id, deadline, what)) return 0 ;
  }
  return 1 ;
}

int notifyd_take_back (struct notifyd *d, tain const *deadline, char const **what, char const **id)
{
  stralloc ids = STRALLOC_ZERO ;
  size_t n ;
  *id = 0 ;
  *what = "list what is held" ;
  if (!fdholder_list_g(&d->holder, &ids, &n, deadline)) return 0 ;
  if (!take_all(d, ids.s, n, deadline, what, id)) return 0 ;
  stralloc_free(&ids) ;
  return 1 ;
}

int notifyd_start (struct notifyd *d, int inbox, char const *const *argv, char const **what)
{
  int fd ;
  pid_t pid ;
  *what = "begin" ;
  if (!senders_adopt() || !loop_init(&d->loop)) return 0 ;
  fd = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  if (fd < 0) return 0 ;
  loop_watch_init(&d->signals, &on_signals, d) ;
  loop_watch_init(&d->inbox, &on_message, d) ;
  loop_timer_init(&d->timer, &on_time, d) ;
  if (!loop_watch_start(&d->loop, &d->signals, fd, LOOP_READ)
   || !loop_watch_start(&d->loop, &d->inbox, inbox, LOOP_READ)) return 0 ;
  pid = notifyd_launch(d, argv, what) ;
  if (pid < 0) *what = NOTIFYD_EXECUTE ;
  if (pid <= 0) return 0 ;
  children_add(&d->children, &d->program, pid) ;
  notifyd_haste_init() ;
  stored_each(&d->stored, &watch_entry, d) ;
  return 1 ;
}

 /* The timer makes a turn; what is due is looked at there. */

static void set_timer (struct notifyd *d)
{
  tain when = tain_infinite ;
  tain again ;
  notifyd_next(d, &when) ;
  complaint_next(&d->complaints, &STAMP, &when) ;
  children_next(&d->children, &when) ;
  if (d->state == NOTIFYD_FINISHING) clock_lower(&when, &d->deadline) ;
  if (d->isready)
  {
    clock_after(&again, &STAMP, NOTIFYD_READY_MS) ;
    clock_lower(&when, &again) ;
  }
  loop_timer_set(&d->loop, &d->timer, &when) ;
}

static void finish (struct notifyd *d)
{
  if (list_isempty(&d->queue) && (d->isknown || !d->stored.live)) d->state = NOTIFYD_OVER ;
  else if (!tain_less(&STAMP, &d->deadline))
  {
    log_line(d->log, LOG_WARNING, "the holder has not been told all: descriptors may be lost") ;
    d->state = NOTIFYD_OVER ;
  }
}

int notifyd_run (struct notifyd *d, int *wstat)
{
  for (;;)
  {
    notifyd_tell_ready(d) ;
    notifyd_step(d) ;
    notifyd_end_barriers(d) ;
    if (d->state == NOTIFYD_FINISHING) finish(d) ;
    if (d->state == NOTIFYD_OVER) break ;
    set_timer(d) ;
    if (!loop_turn(&d->loop) && errno != EINTR) return 0 ;
  }
  complaint_end(&d->complaints) ;
  notifyd_leave(d) ;
  *wstat = d->wstat ;
  return 1 ;
}
