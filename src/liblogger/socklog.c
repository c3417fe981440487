/* ISC license. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libdaemon/signals.h"
#include "liblogger/socklog-internal.h"
#include "liblogger/syslogline.h"

enum { DRAINED_MAX = 4096, LINE_EXTRA = SOCKLOG_ORIGIN + SYSLOGLINE_NAME + sizeof("...\n") } ;

static int const signals[] = { SIGTERM } ;

static int read_source (struct socklog_source *x, unsigned int most)
{
  return x->kind == SOCKLOG_DATAGRAM ? socklog_read_datagrams(x, most) : socklog_read_connection(x, most) ;
}

static void on_ready (void *data, unsigned int events, tain const *now)
{
  struct socklog_source *x = data ;
  struct socklog *l = x->socklog ;
  (void)events ;
  (void)now ;
  if (l->isending || l->error) return ;
  if (x->kind == SOCKLOG_LISTENER) socklog_accept(x) ;
  else read_source(x, SOCKLOG_TURN) ;
}

static void on_signals (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  (void)now ;
  socklog_hear(data) ;
}

static void on_time (void *data, tain const *now)
{
  struct socklog *l = data ;
  complaint_turn(&l->complaints, now) ;
}

static int compare_accounts (struct tree_node const *a, struct tree_node const *b)
{
  return memcmp(tree_owner(struct socklog_account, node, a)->key, tree_owner(struct socklog_account, node, b)->key, SOCKLOG_KEY) ;
}

int socklog_init (struct socklog *l, struct log *log)
{
  int fd ;
  l->log = log ;
  l->onready = &on_ready ;
  nowait_init(&l->out, 1) ;
  complaint_init(&l->complaints, log) ;
  tree_init(&l->accounts, &compare_accounts) ;
  list_init(&l->waiting) ;
  l->room = malloc(l->limit + SOCKLOG_READ) ;
  l->line = malloc(l->limit + LINE_EXTRA) ;
  if (!l->room || !l->line || !tain_now_set_stopwatch_g()) return 0 ;
  fd = signals_init(signals, sizeof(signals) / sizeof(signals[0])) ;
  if (fd < 0 || !loop_init(&l->loop)) return 0 ;
  loop_watch_init(&l->signals, &on_signals, l) ;
  loop_timer_init(&l->timer, &on_time, l) ;
  if (!loop_watch_start(&l->loop, &l->signals, fd, LOOP_READ)) return 0 ;
  for (struct list *i = l->sources.next ; i != &l->sources ; i = i->next) if (!socklog_watch(source_of(i))) return 0 ;
  return 1 ;
}

 /* What was sent before TERM is there. Nobody reads it after us where a socket is ours
    alone; a connection is. */

static int drain (struct socklog *l)
{
  for (struct list *i = l->sources.next ; i != &l->sources ; i = i->next)
  {
    struct socklog_source *x = source_of(i) ;
    if (x->kind == SOCKLOG_DATAGRAM && !x->iskept && !read_source(x, DRAINED_MAX)) return 0 ;
  }
  while (!list_isempty(&l->peers))
  {
    struct socklog_source *x = source_of(l->peers.next) ;
    uint32_t before = l->connections ;
    if (!read_source(x, DRAINED_MAX)) return 0 ;
    if (l->connections == before && !socklog_end_connection(x)) return 0 ;
  }
  return 1 ;
}

enum socklog_end socklog_run (struct socklog *l, char const **what)
{
  tain when ;
  while (!l->isending && !l->error && socklog_let_in(l) && socklog_end_pauses(l, &when))
  {
    complaint_next(&l->complaints, &STAMP, &when) ;
    loop_timer_set(&l->loop, &l->timer, &when) ;
    if (!loop_turn(&l->loop) && errno != EINTR) socklog_fail(l, "wait for what comes") ;
  }
  complaint_end(&l->complaints) ;
  if (!l->error && drain(l)) return SOCKLOG_ENDED ;
  if (l->isending && l->error == ETIMEDOUT) return SOCKLOG_LATE ;
  *what = l->failed ;
  errno = l->error ;
  return SOCKLOG_FAILED ;
}
