/* ISC license. */

 /* Watches, timers and the turn: all but how the kernel is asked. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "libdaemon/tree.h"

enum { ALWAYS_FIRST = 4, NANOSECONDS_PER_MS = 1000000 } ;

#define timer_of(n) tree_owner(struct loop_timer, node, (n))

 /* Equal times stand in the order of their addresses. */

static int compare_timers (struct tree_node const *a, struct tree_node const *b)
{
  struct loop_timer const *x = timer_of(a) ;
  struct loop_timer const *y = timer_of(b) ;
  if (tain_less(&x->when, &y->when)) return -1 ;
  if (tain_less(&y->when, &x->when)) return 1 ;
  return x < y ? -1 : x > y ;
}

static void begin (struct loop *l)
{
  static struct loop const zero = { .fd = -1 } ;
  *l = zero ;
  tree_init(&l->timers, &compare_timers) ;
}

int loop_init (struct loop *l)
{
  begin(l) ;
  return loop_engine_init(l) ;
}

int loop_init_few (struct loop *l)
{
  begin(l) ;
  return loop_engine_init_few(l) ;
}

void loop_end (struct loop *l)
{
  loop_engine_end(l) ;
  free(l->always) ;
}

void loop_watch_init (struct loop_watch *w, loop_ready_func *f, void *data)
{
  w->f = f ;
  w->data = data ;
  w->fd = -1 ;
  w->place = 0 ;
  w->wanted = w->isalways = 0 ;
}

static int add_always (struct loop *l, struct loop_watch *w)
{
  if (l->alwayslen == l->alwaysmax)
  {
    uint32_t max = l->alwaysmax ? l->alwaysmax * 2 : ALWAYS_FIRST ;
    struct loop_watch **bigger = realloc(l->always, max * sizeof(struct loop_watch *)) ;
    if (!bigger) return 0 ;
    l->always = bigger ;
    l->alwaysmax = max ;
  }
  w->isalways = 1 ;
  w->place = l->alwayslen ;
  l->always[l->alwayslen++] = w ;
  return 1 ;
}

static void remove_always (struct loop *l, struct loop_watch *w)
{
  struct loop_watch *last = l->always[--l->alwayslen] ;
  l->always[w->place] = last ;
  last->place = w->place ;
  w->isalways = 0 ;
}

static int start (struct loop *l, struct loop_watch *w, int fd, unsigned int wanted, int (*add) (struct loop *, struct loop_watch *))
{
  w->fd = fd ;
  w->wanted = wanted ;
  if ((*add)(l, w)) return 1 ;
  if (errno == EPERM && add_always(l, w)) return 1 ;
  w->fd = -1 ;
  return 0 ;
}

int loop_watch_start (struct loop *l, struct loop_watch *w, int fd, unsigned int wanted)
{
  return start(l, w, fd, wanted, &loop_engine_add) ;
}

int loop_watch_start_briefly (struct loop *l, struct loop_watch *w, int fd, unsigned int wanted)
{
  return start(l, w, fd, wanted, &loop_engine_add_briefly) ;
}

int loop_watch_change (struct loop *l, struct loop_watch *w, unsigned int wanted)
{
  if (w->wanted == wanted) return 1 ;
  if (!w->isalways && !loop_engine_change(l, w, wanted)) return 0 ;
  w->wanted = wanted ;
  return 1 ;
}

static void stop (struct loop *l, struct loop_watch *w, void (*remove) (struct loop *, struct loop_watch *))
{
  if (!loop_watch_isstarted(w)) return ;
  for (unsigned int i = 0 ; i < l->foundlen ; i++)
    if (l->found[i].watch == w) l->found[i].watch = 0 ;
  if (w->isalways) remove_always(l, w) ;
  else (*remove)(l, w) ;
  w->fd = -1 ;
}

void loop_watch_stop (struct loop *l, struct loop_watch *w)
{
  stop(l, w, &loop_engine_remove) ;
}

void loop_watch_forget (struct loop *l, struct loop_watch *w)
{
  stop(l, w, &loop_engine_forget) ;
}

void loop_timer_init (struct loop_timer *t, loop_due_func *f, void *data)
{
  t->f = f ;
  t->data = data ;
  t->when = tain_infinite ;
}

void loop_timer_set (struct loop *l, struct loop_timer *t, tain const *when)
{
  if (!tain_less(&t->when, when) && !tain_less(when, &t->when)) return ;
  loop_timer_clear(l, t) ;
  if (!tain_less(when, &tain_infinite)) return ;
  t->when = *when ;
  tree_insert(&l->timers, &t->node) ;
}

void loop_timer_clear (struct loop *l, struct loop_timer *t)
{
  if (tain_less(&t->when, &tain_infinite)) tree_delete(&l->timers, &t->node) ;
  t->when = tain_infinite ;
}

 /* Milliseconds until the first timer is due, rounded up: a wait that ends
    too early would be a turn for nothing. */

static int time_left (struct loop const *l)
{
  tain left ;
  uint64_t ms ;
  if (!l->timers.first) return -1 ;
  if (!tain_less(&STAMP, &timer_of(l->timers.first)->when)) return 0 ;
  tain_sub(&left, &timer_of(l->timers.first)->when, &STAMP) ;
  if (tai_sec(tain_secp(&left)) >= INT_MAX / 1000 - 1) return INT_MAX ;
  ms = tai_sec(tain_secp(&left)) * 1000 + (tain_nano(&left) + NANOSECONDS_PER_MS - 1) / NANOSECONDS_PER_MS ;
  return (int)ms ;
}

 /* As many as there are now, at most: who sets a timer that is due at once
    does not keep the loop here. */

static void call_timers (struct loop *l)
{
  for (uint32_t n = l->timers.count ; n-- && l->timers.first && !tain_less(&STAMP, &timer_of(l->timers.first)->when) ; )
  {
    struct loop_timer *t = timer_of(l->timers.first) ;
    loop_timer_clear(l, t) ;
    (*t->f)(t->data, &STAMP) ;
  }
}

static int is_someone_always_ready (struct loop const *l)
{
  for (uint32_t i = 0 ; i < l->alwayslen ; i++)
    if (l->always[i]->wanted & (LOOP_READ | LOOP_WRITE)) return 1 ;
  return 0 ;
}

 /* From behind: who stops itself is replaced by one that was called. */

static void call_always (struct loop *l)
{
  for (uint32_t i = l->alwayslen ; i-- ; )
    if (i < l->alwayslen)
    {
      struct loop_watch *w = l->always[i] ;
      if (w->wanted & (LOOP_READ | LOOP_WRITE)) (*w->f)(w->data, w->wanted & (LOOP_READ | LOOP_WRITE), &STAMP) ;
    }
}

static void call_ready (struct loop *l)
{
  for (unsigned int i = 0 ; i < l->foundlen ; i++)
  {
    struct loop_watch *w = l->found[i].watch ;
    unsigned int events = w ? l->found[i].events & (w->wanted | LOOP_HANGUP) : 0 ;  /* it may want others by now */
    if (events) (*w->f)(w->data, events, &STAMP) ;
  }
  l->foundlen = 0 ;
}

int loop_turn (struct loop *l)
{
  int n = loop_engine_wait(l, is_someone_always_ready(l) ? 0 : time_left(l)) ;
  int e = errno ;
  l->foundlen = n < 0 ? 0 : n ;
  tain_now_g() ;
  call_timers(l) ;
  call_ready(l) ;
  call_always(l) ;
  if (n < 0) return (errno = e, 0) ;
  return 1 ;
}
