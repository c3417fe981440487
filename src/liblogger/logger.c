/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/signals.h"
#include "liblogger/logger-internal.h"

static int const signals[] = { SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD } ;

enum { BATCHES_AT_ONCE = 16, AT_ONCE_MS = 50, NAP_MS = 1024 } ;

static int is_begun (struct logger const *l)
{
  return l->source.len > 0 ;
}

 /* Where there are no edges, the end of the input would wake us all the time. */

static int end_batch (struct logger *l)
{
  if (!logger_flush(l))
  {
    l->state = LOGGER_FLUSHING ;
    if (!l->isedged) loop_watch_stop(&l->loop, &l->input) ;
    return 1 ;
  }
  l->state = LOGGER_READING ;
  if (!source_take(&l->source, l->taken)) return 0 ;
  return loop_watch_isstarted(&l->input) || loop_watch_start(&l->loop, &l->input, l->source.fd, LOOP_READ) ;
}

 /* After TERM only the line that is begun is of interest, and only until its time is over;
    and what is nowhere but here. */

static int is_one_enough (struct logger const *l)
{
  return l->isending && l->source.kind != SOURCE_OTHER ;
}

static int is_time_over (struct logger const *l)
{
  return l->isending && !tain_less(&l->now.now, &l->deadline) ;
}

 /* What has gone wrong with it ends it, and what was read is not lost for that. */

static enum source_seen look (struct logger *l)
{
  enum source_seen seen = l->isover ? SOURCE_END : source_look(&l->source) ;
  if (seen == SOURCE_ERROR)
  {
    l->error = errno ;
    log_line(l->log, LOG_WARNING, "unable to read: ", strerror(errno)) ;
  }
  if (seen == SOURCE_ERROR || seen == SOURCE_END) l->isover = 1 ;
  return seen ;
}

 /* 1: there may be more at once. 0: nothing more now. -1 and errno. What was new is looked
    at twice: the end that came with it wakes nobody again. */

static int read_batch (struct logger *l)
{
  enum source_seen seen ;
  int islast, n ;
  if (l->isending && !is_begun(l))
  {
    logger_close_all(l) ;
    return 0 ;
  }
  logger_clock(l) ;
  l->source.isslow = l->isending ;
  seen = look(l) ;
  if (seen == SOURCE_SOME) l->nap = 0 ;
  islast = l->isover || is_time_over(l) ;
  n = logger_distribute(l, islast, is_one_enough(l) ? 1 : INT_MAX) ;
  if (n < 0 || !end_batch(l)) return -1 ;
  if (l->state == LOGGER_FLUSHING) return 0 ;
  if (l->iscrowded) return 1 ;
  if ((islast || l->isending) && !is_begun(l)) logger_close_all(l) ;
  else if (n && is_one_enough(l)) logger_close_all(l) ;
  else if (!n && source_isstuck(&l->source)) return source_hold(&l->source) ? 1 : -1 ;
  else if (!n && !l->isedged && is_begun(l)) return source_hold(&l->source) ? 0 : -1 ;
  return l->state == LOGGER_READING && (n || seen == SOURCE_SOME) ;
}

 /* Signals and timers get their turn, however fast the input is. */

static int read_some (struct logger *l)
{
  tain const begin = l->now.now ;
  int r = 1 ;
  for (unsigned int i = 0 ; r > 0 && i < BATCHES_AT_ONCE && clock_elapsed(&begin, &l->now.now) < AT_ONCE_MS ; i++) r = read_batch(l) ;
  l->ismore = r > 0 ;
  return r >= 0 ;
}

 /* What is there to be done by its time. */

static int work (struct logger *l)
{
  l->ismore = 0 ;
  if (l->state == LOGGER_FLUSHING)
  {
    if (!end_batch(l)) return 0 ;
    if (l->state == LOGGER_FLUSHING && is_time_over(l)) logger_give_up(l) ;
  }
  if (l->state == LOGGER_READING && !read_some(l)) return 0 ;
  if (l->state == LOGGER_CLOSING)
  {
    logger_close_all(l) ;
    if (l->state == LOGGER_CLOSING && is_time_over(l)) logger_give_up(l) ;
  }
  return 1 ;
}

 /* A write that has to wait for room in a pipe wakes readers before it waits only if it has
    found the pipe empty. With a rest in there we look ourselves: soon, and then seldom. */

static void look_again (struct logger *l, tain *when)
{
  tain due ;
  if (l->state != LOGGER_READING || !l->isedged || l->source.kind != SOURCE_PIPE || l->source.len == l->source.held) return ;
  l->nap = !l->nap ? 1 : l->nap < NAP_MS ? l->nap << 1 : NAP_MS ;
  clock_after(&due, &l->now.now, l->nap) ;
  clock_lower(when, &due) ;
}

static void set_timer (struct logger *l)
{
  tain when = l->isending ? l->deadline : tain_infinite ;
  look_again(l, &when) ;
  if (l->ismore) when = l->now.now ;
  if (l->state == LOGGER_CLOSING) clock_lower(&when, &l->patience) ;
  logger_next(l, &when) ;
  loop_timer_set(&l->loop, &l->timer, &when) ;
}

static void begin_ending (struct logger *l)
{
  if (l->isending) return ;
  l->isending = 1 ;
  l->deadline = tain_infinite ;
  if (l->options.timeout) clock_after(&l->deadline, &l->now.now, l->options.timeout) ;
  if (l->state == LOGGER_READING && !is_begun(l)) logger_close_all(l) ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct logger *l = data ;
  (void)pid ;
  switch (sig)
  {
    case SIGTERM : if (!l->options.ispersistent) begin_ending(l) ; break ;
    case SIGHUP : begin_ending(l) ; break ;
    case SIGALRM : logger_rotate(l) ; break ;
    case SIGCHLD : break ;  /* each turn looks */
    default : logger_report(l) ; break ;
  }
}

static void on_signals (void *data, unsigned int events, tain const *now)
{
  struct logger *l = data ;
  (void)events ;
  (void)now ;
  logger_clock(l) ;
  if (!signals_take(l->signals.fd, &on_signal, l)) log_line(l->log, LOG_WARNING, "unable to read signals: ", strerror(errno)) ;
}

 /* All is looked at in each turn. */

static void on_ready (void *data, unsigned int events, tain const *now)
{
  (void)data ;
  (void)events ;
  (void)now ;
}

static void on_time (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

int logger_init (struct logger *l, struct script const *script, struct logger_options const *options, struct log *log, char const **what)
{
  static struct logger const zero ;
  int fd ;
  *l = zero ;
  l->script = script ;
  l->options = *options ;
  if (!l->options.limit) l->options.limit = LOGGER_LINE_MAX ;
  l->log = log ;
  l->deadline = l->patience = tain_infinite ;
  l->isedged = (uint8_t)logger_hasedges() ;
  stamp_init(&l->stamp) ;
  *what = "the loop" ;
  if (!tain_now_set_stopwatch_g()) return 0 ;
  logger_clock(l) ;
  fd = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  if (fd < 0 || !loop_init(&l->loop)) return 0 ;
  loop_watch_init(&l->input, &on_ready, l) ;
  loop_watch_init(&l->signals, &on_signals, l) ;
  for (unsigned int i = 0 ; i < 2 ; i++) loop_watch_init(l->room + i, &on_ready, l) ;
  loop_timer_init(&l->timer, &on_time, l) ;
  if (!loop_watch_start(&l->loop, &l->signals, fd, LOOP_READ)) return 0 ;
  if (!logger_open(l, what)) return 0 ;
  *what = "the input" ;
  return source_init(&l->source, 0, l->options.iscushioned)
    && loop_watch_start(&l->loop, &l->input, 0, l->isedged ? LOOP_READ | LOOP_EDGE : LOOP_READ) ;
}

int logger_run (struct logger *l)
{
  while (work(l))
  {
    if (l->state == LOGGER_OVER)
    {
      logger_tell_rest(l) ;
      return l->error ? (errno = l->error, 0) : 1 ;
    }
    set_timer(l) ;
    if (!loop_turn(&l->loop) && errno != EINTR) return 0 ;
    logger_clock(l) ;
    logger_turn(l) ;
  }
  return 0 ;
}
