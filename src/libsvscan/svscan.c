/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
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
#include "libsvscan/svscan-internal.h"
#include "libsvscan/troubles.h"

enum { STARTS_AT_ONCE = 64, FRUITLESS_MOST = 10, BREATH_MS = 1000 } ;

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
  svscan_prune(s) ;
}

 /* A shortage is waited for, but not for ever: so many turns, one after the other. */

static void give_up (struct svscan *s, char const *what)
{
  s->hasfailed = 1 ;
  if (is_shortage(errno) && s->fruitless < FRUITLESS_MOST)
  {
    if (!s->fruitless++) log_line(&s->log, LOG_WARNING, "unable to ", what, ": ", strerror(errno), ": trying again") ;
    clock_breathe(BREATH_MS) ;
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
  if (!signals_take(s->signals.fd, &svscan_onsignal, s)) give_up(s, "read signals") ;
}

 /* Turns */

static void turn (struct svscan *s)
{
  s->hasfailed = 0 ;
  if (!loop_turn(&s->loop) && errno != EINTR) give_up(s, "wait for events") ;
  if (!s->hasfailed) s->fruitless = 0 ;
}

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
  loop_watch_init(&s->control, &svscan_oncontrol, s) ;
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

 /* As long as we have its pipe, that logger does not see the end of it. */

static void leave_later (struct svscan *s, tain *when)
{
  tain soon ;
  svscan_leavecatchall(s) ;
  clock_after(&soon, &STAMP, BREATH_MS) ;
  if (!s->isconsole) clock_lower(when, &soon) ;
}

 /* What is done, and then when the next turn is to come. */

static void work (struct svscan *s)
{
  tain when = tain_infinite ;
  children_turn(&s->registry.children, &STAMP) ;
  if (s->state == SVSCAN_RUNNING)
  {
    scan_if_due(s) ;
    start_some(s) ;
    clock_lower(&when, &s->scan) ;
    starts_next(&s->starts, &when) ;
  }
  else if (s->state == SVSCAN_ENDING)
  {
    if (!children_running(&s->registry.children)) s->state = SVSCAN_OVER ;
    leave_later(s, &when) ;
  }
  children_next(&s->registry.children, &when) ;
  loop_timer_set(&s->loop, &s->timer, &when) ;
}

int svscan_run (struct svscan *s)
{
  pairpipe_clean() ;
  children_sweep(&s->registry.children) ;  /* who has executed into us may have left some */
  while (work(s), s->state != SVSCAN_OVER) turn(s) ;
  svscan_leavecatchall(s) ;
  pairpipe_clean() ;
  return finale_execute(&s->log, s->options.envp, s->isbroken) ;
}
