/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/children.h"
#include "libdaemon/clock.h"
#include "libdaemon/launch.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/pause.h"
#include "libdaemon/shortage.h"
#include "libdaemon/signals.h"
#include "libsvscan/finale.h"
#include "libsvscan/listing.h"
#include "libsvscan/orders.h"
#include "libsvscan/pairpipe.h"
#include "libsvscan/registry.h"
#include "libsvscan/scan.h"
#include "libsvscan/starts.h"
#include "libsvscan/svscan.h"
#include "libsvscan/troubles.h"

enum { LETTERS_AT_ONCE = 256, STARTS_AT_ONCE = 64, FRUITLESS_MOST = 10, BREATH_MS = 1000 } ;

 /* Scans */

static int scan (struct svscan *s)
{
  struct listing l = LISTING_ZERO ;
  struct scan_plan p ;
  int ok = listing_read(&l, s->directory, s->options.name) && scan_plan(&p, &s->registry, &l, s->options.services) ;
  int e = errno ;
  if (ok)
  {
    troubles_tell(&s->troubles, &s->log, &l, &p, s->options.services) ;
    scan_apply(&p, &s->registry, &STAMP, &troubles_gone, &s->log) ;
  }
  listing_free(&l) ;
  errno = e ;
  return ok ;
}

static void prune (struct svscan *s)
{
  if (s->pruning) registry_endgone(&s->registry, s->pruning & ORDER_HARD ? SIGTERM : SIGHUP) ;
  s->pruning = 0 ;
}

static void scan_failed (struct svscan *s)
{
  if (errno != s->error) log_line(&s->log, LOG_WARNING, "unable to read the scan directory: ", strerror(errno), ": what runs goes on") ;
  s->error = errno ;
  s->isscanwanted = 1 ;
  pause_lengthen(&s->pause, PAUSE_LONGEST_SHORTAGE) ;
  pause_end(s->pause, &STAMP, &s->scan) ;
}

static void scan_if_due (struct svscan *s)
{
  if (tain_less(&STAMP, &s->scan)) return ;
  if (!scan(s))
  {
    scan_failed(s) ;
    return ;
  }
  s->isscanwanted = 0 ;
  s->pause = 0 ;
  s->error = 0 ;
  s->scan = tain_infinite ;
  if (s->options.interval) clock_after(&s->scan, &STAMP, s->options.interval) ;
  prune(s) ;
}

 /* Orders */

static void leave_catchall (struct svscan *s)
{
  if (s->isconsole) return ;
  s->isconsole = 1 ;
  if (s->options.console >= 0 || registry_findname(&s->registry, REGISTRY_CATCHALL)) finale_console(&s->log, s->options.console) ;
}

static void end (struct svscan *s, int ishard)
{
  s->state = SVSCAN_ENDING ;
  s->starts.isended = 1 ;
  registry_norestarts(&s->registry) ;
  registry_end(&s->registry, ishard ? SIGTERM : SIGHUP) ;
  registry_closepipes(&s->registry) ;
  leave_catchall(s) ;
}

static void obey (struct svscan *s, unsigned int effect)
{
  if (effect & ORDER_REAP) children_sweep(&s->registry.children) ;
  if (s->state == SVSCAN_OVER) return ;
  if (effect & ORDER_NOW) s->state = SVSCAN_OVER ;
  if (effect & ORDER_END) end(s, !!(effect & ORDER_HARD)) ;
  if (s->state != SVSCAN_RUNNING) return ;
  if (effect & ORDER_SCAN)
  {
    s->isscanwanted = 1 ;
    s->scan = STAMP ;
  }
  if (effect & ORDER_PRUNE)
  {
    s->pruning |= effect ;
    if (!s->isscanwanted) prune(s) ;
  }
}

static void on_control (void *data, unsigned int events, tain const *now)
{
  struct svscan *s = data ;
  char letters[LETTERS_AT_ONCE] ;
  char quoted[LOG_QUOTED_MAX] ;
  int iswarned = 0 ;
  ssize_t n = read(s->control.fd, letters, sizeof(letters)) ;
  (void)events ;
  (void)now ;
  for (ssize_t i = 0 ; i < n ; i++)
  {
    struct order const *o = order_of_letter(letters[i]) ;
    if (o) obey(s, o->effect) ;
    else if (!iswarned++) log_line(&s->log, LOG_WARNING, "an order that there is not: ", log_quote(quoted, letters + i, 1)) ;
  }
}

 /* It is nobody's child: whoever sweeps takes it. */

static int has_handled (struct svscan *s, char const *path)
{
  char const *const argv[] = { path, 0 } ;
  struct launch const l = { .path = path, .argv = argv, .envp = s->options.envp, .n = 0 } ;
  if (!path) return 0 ;
  if (launch(&l) > 0) return 1 ;
  if (errno != ENOENT) log_line(&s->log, LOG_WARNING, "unable to execute ", path, ": ", strerror(errno)) ;
  return 0 ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct svscan *s = data ;
  struct order const *o = order_of_signal(sig) ;
  (void)pid ;
  if (o && !has_handled(s, o->handler)) obey(s, o->effect) ;
}

 /* A shortage is waited for, but not for ever. */

static void give_up (struct svscan *s, char const *what)
{
  if (is_shortage(errno) && s->fruitless < FRUITLESS_MOST)
  {
    if (!s->fruitless++) log_line(&s->log, LOG_WARNING, "unable to ", what, ": ", strerror(errno), ": trying again") ;
    poll(0, 0, BREATH_MS) ;
    return ;
  }
  log_line(&s->log, LOG_WARNING, "unable to ", what, ": ", strerror(errno)) ;
  s->isbroken = 1 ;
  s->state = SVSCAN_OVER ;
}

static void on_signals (void *data, unsigned int events, tain const *now)
{
  struct svscan *s = data ;
  (void)events ;
  (void)now ;
  if (!signals_take(s->signals.fd, &on_signal, s)) give_up(s, "read signals") ;
  else s->fruitless = 0 ;
}

 /* Turns */

static void on_time (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

int svscan_init (struct svscan *s, struct svscan_options const *options)
{
  static struct svscan const zero = { .log = LOG_ZERO } ;
  int signals[ORDERS_SIGNALS] ;
  int fd ;
  *s = zero ;
  s->options = *options ;
  registry_init(&s->registry, &starts_ended, &s->starts) ;
  starts_init(&s->starts, &s->registry, &s->log, s->options.envp, s->options.console) ;
  loop_watch_init(&s->control, &on_control, s) ;
  loop_watch_init(&s->signals, &on_signals, s) ;
  loop_timer_init(&s->timer, &on_time, s) ;
  fd = signals_init(signals, orders_signals(signals)) ;
  s->directory = opendir(".") ;
  return fd >= 0 && s->directory && tain_now_set_stopwatch_g() && loop_init(&s->loop)
    && loop_watch_start(&s->loop, &s->signals, fd, LOOP_READ)
    && loop_watch_start(&s->loop, &s->control, options->control, LOOP_READ) ;
}

 /* So many, and then it is seen whether somebody wants something else. */

static void start_some (struct svscan *s)
{
  for (unsigned int i = 0 ; i < STARTS_AT_ONCE && starts_one(&s->starts, &STAMP) ; i++) tain_now_g() ;
}

 /* What is done, and then when the next turn is to come. */

static void work (struct svscan *s)
{
  tain when = tain_infinite ;
  if (s->state == SVSCAN_RUNNING)
  {
    scan_if_due(s) ;
    start_some(s) ;
    clock_lower(&when, &s->scan) ;
    starts_next(&s->starts, &when) ;
  }
  else if (s->state == SVSCAN_ENDING && !children_running(&s->registry.children)) s->state = SVSCAN_OVER ;
  loop_timer_set(&s->loop, &s->timer, &when) ;
}

int svscan_run (struct svscan *s)
{
  pairpipe_clean() ;
  children_sweep(&s->registry.children) ;  /* who has executed into us may have left some */
  while (work(s), s->state != SVSCAN_OVER)
    if (!loop_turn(&s->loop) && errno != EINTR) give_up(s, "wait for events") ;
  leave_catchall(s) ;
  return finale_execute(&s->log, s->options.envp, s->isbroken) ;
}
