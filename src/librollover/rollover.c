/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "libdaemon/children.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/signals.h"
#include "librollover/overlap.h"
#include "librollover/rollover-internal.h"

static int const signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGCHLD } ;

static void feed (struct rollover *, enum overlap_event) ;

static void start_next (struct rollover *r)
{
  if (rollover_child_start(r, &r->next) > 0) return ;
  snprintf(r->why, sizeof(r->why), "unable to start another %s: %s", r->options->argv[0], strerror(errno)) ;
  feed(r, OVERLAP_NEXT_DEATH) ;
}

static void swap (struct rollover *r)
{
  struct rollover_child *old = r->current ;
  r->current = r->next ;
  r->next = 0 ;
  rollover_child_retire(old) ;
}

static void discard (struct rollover *r)
{
  rollover_child_retire(r->next) ;
  r->next = 0 ;
}

static void perform (struct rollover *r, unsigned int effects)
{
  if (effects & OVERLAP_TELL && !r->istold)
  {
    r->istold = 1 ;
    (*r->options->tell)() ;
  }
  if (effects & OVERLAP_SWAP) swap(r) ;
  if (effects & OVERLAP_DISCARD) discard(r) ;
  if (effects & OVERLAP_STAY) log_line(r->log, LOG_WARNING, r->why, ": the old one goes on") ;
  if (effects & OVERLAP_DOUBT) log_line(r->log, LOG_WARNING, r->why, ": it goes on") ;
  if (effects & OVERLAP_IGNORE) log_line(r->log, LOG_WARNING, "SIGHUP is ignored: a new one is starting already") ;
  if (effects & OVERLAP_PASS) children_kill(&r->children, r->sig) ;
  if (effects & OVERLAP_LEAVE) r->status = 0 ;
  if (effects & OVERLAP_START) start_next(r) ;
}

static void feed (struct rollover *r, enum overlap_event event)
{
  struct overlap_step step ;
  if (r->state == OVERLAP_OVER) return ;
  step = overlap_step(r->state, event) ;
  if (step.state == OVERLAP_NEVER) strerr_dief(EXITCODE_BUG, "an event that cannot be") ;
  r->state = step.state ;
  perform(r, step.effects) ;
}

static void explain_death (struct rollover *r, int status)
{
  if (WIFEXITED(status)) snprintf(r->why, sizeof(r->why), "the new one has exited %d", WEXITSTATUS(status)) ;
  else snprintf(r->why, sizeof(r->why), "the new one was killed by signal %d", WTERMSIG(status)) ;
}

 /* A next one that is ready replaces one that has died: nobody need notice. */

static void on_end (void *data, struct child *child, int status)
{
  struct rollover *r = data ;
  struct rollover_child *c = (struct rollover_child *)child ;
  c->isdead = 1 ;
  if (c == r->current && r->next && rollover_child_isready(r->next))
  {
    rollover_child_ignore(r->next) ;
    feed(r, OVERLAP_NEXT_READY) ;
  }
  if (c == r->current)
  {
    r->current = 0 ;
    r->status = status ;
    feed(r, OVERLAP_DEATH) ;
  }
  else if (c == r->next)
  {
    r->next = 0 ;
    explain_death(r, status) ;
    feed(r, OVERLAP_NEXT_DEATH) ;
  }
  rollover_child_free(c) ;
  if (r->state == OVERLAP_ENDING && !children_running(&r->children)) feed(r, OVERLAP_GONE) ;
}

 /* Deaths come first: what has died is not ready, whatever it has said. They free what has
    died, so it is asked for by its number afterwards. */

static struct rollover_child *still_there (struct rollover_child *c)
{
  struct rollover *r = c->rollover ;
  pid_t const pid = c->child.pid ;
  children_sweep(&r->children) ;
  if (r->current && r->current->child.pid == pid) return r->current ;
  if (r->next && r->next->child.pid == pid) return r->next ;
  return 0 ;
}

static void feed_of (struct rollover *r, struct rollover_child const *c, enum overlap_event current, enum overlap_event next)
{
  feed(r, c == r->next ? next : current) ;
}

 /* One that is late, and is used all the same, may still say that it is ready. */

static void doubt (struct rollover *r, struct rollover_child *c)
{
  char const *who = c == r->next ? "the new one" : "the first one" ;
  if (c->ismute) snprintf(r->why, sizeof(r->why), "%s has closed descriptor %d, and has not said that it is ready", who, r->options->ready) ;
  else snprintf(r->why, sizeof(r->why), "%s is not ready after %u ms", who, r->options->patience) ;
  feed_of(r, c, OVERLAP_LATE, OVERLAP_NEXT_LATE) ;
}

static void hear (struct rollover_child *c, int islate)
{
  struct rollover *r = c->rollover ;
  c = still_there(c) ;
  if (!c) return ;
  if (rollover_child_isready(c) || (islate && r->options->ready < 0))
  {
    rollover_child_ignore(c) ;
    feed_of(r, c, OVERLAP_READY, OVERLAP_NEXT_READY) ;
  }
  else if (islate) doubt(r, c) ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct rollover *r = data ;
  (void)pid ;
  switch (sig)
  {
    case SIGCHLD : children_sweep(&r->children) ; break ;
    case SIGHUP : feed(r, OVERLAP_HUP) ; break ;
    case SIGTERM :
    case SIGINT :
    case SIGQUIT :
      r->sig = sig ;
      feed(r, OVERLAP_END) ;
      break ;
    default : if (r->current) kill(r->current->child.pid, sig) ; break ;
  }
}

static void on_signals (void *data, unsigned int events, tain const *now)
{
  struct rollover *r = data ;
  (void)events ;
  (void)now ;
  if (!signals_take(r->signals.fd, &on_signal, r)) log_line(r->log, LOG_WARNING, "unable to read signals: ", strerror(errno)) ;
}

static void on_sweep (void *data, tain const *now)
{
  struct rollover *r = data ;
  children_turn(&r->children, now) ;
}

int rollover_init (struct rollover *r, struct rollover_options const *options, struct log *log)
{
  static struct rollover const zero ;
  int fd ;
  *r = zero ;
  r->options = options ;
  r->log = log ;
  r->hear = &hear ;
  r->pid = getpid() ;
  children_init(&r->children, &on_end, r) ;
  if (!tain_now_set_stopwatch_g() || !loop_init_few(&r->loop)) return 0 ;
  loop_watch_init(&r->signals, &on_signals, r) ;
  loop_timer_init(&r->sweep, &on_sweep, r) ;
  fd = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  return fd >= 0 && loop_watch_start(&r->loop, &r->signals, fd, LOOP_READ) ;
}

pid_t rollover_start (struct rollover *r)
{
  r->state = OVERLAP_FIRST ;
  return rollover_child_start(r, &r->current) ;
}

int rollover_run (struct rollover *r)
{
  while (r->state != OVERLAP_OVER)
  {
    tain when = tain_infinite ;
    children_next(&r->children, &when) ;
    loop_timer_set(&r->loop, &r->sweep, &when) ;
    if (!loop_turn(&r->loop) && errno != EINTR) return -1 ;
  }
  return r->status ;
}
