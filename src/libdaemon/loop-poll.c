/* ISC license. */

#include "probed.h"
#include "libdaemon/loop.h"  /* here: C knows no source without a declaration */

#ifndef S6_ACTIVATION_HAS_EPOLL

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BOOKS_FIRST = 16 } ;

struct books
{
  struct pollfd *cells ;
  struct loop_watch **owners ;
} ;

#define books_of(l) ((struct books *)(l)->books)

int loop_hasedges (void)
{
  return 0 ;
}

int loop_engine_init (struct loop *l)
{
  l->books = calloc(1, sizeof(struct books)) ;
  return !!l->books ;
}

int loop_engine_init_few (struct loop *l)
{
  return loop_engine_init(l) ;
}

void loop_engine_end (struct loop *l)
{
  free(books_of(l)->cells) ;
  free(books_of(l)->owners) ;
  free(l->books) ;
}

static int grow (struct loop *l)
{
  uint32_t max = l->max ? l->max * 2 : BOOKS_FIRST ;
  struct pollfd *cells = realloc(books_of(l)->cells, max * sizeof(struct pollfd)) ;
  struct loop_watch **owners ;
  if (!cells) return 0 ;
  books_of(l)->cells = cells ;
  owners = realloc(books_of(l)->owners, max * sizeof(struct loop_watch *)) ;
  if (!owners) return 0 ;
  books_of(l)->owners = owners ;
  l->max = max ;
  return 1 ;
}

static short events_of (unsigned int wanted)
{
  return (wanted & LOOP_READ ? POLLIN : 0) | (wanted & LOOP_WRITE ? POLLOUT : 0) ;
}

int loop_engine_add (struct loop *l, struct loop_watch *w)
{
  if (l->len == l->max && !grow(l)) return 0 ;
  w->place = l->len++ ;
  books_of(l)->cells[w->place].fd = w->fd ;
  books_of(l)->cells[w->place].events = events_of(w->wanted) ;
  books_of(l)->owners[w->place] = w ;
  return 1 ;
}

int loop_engine_add_briefly (struct loop *l, struct loop_watch *w)
{
  return loop_engine_add(l, w) ;
}

int loop_engine_change (struct loop *l, struct loop_watch *w, unsigned int wanted)
{
  books_of(l)->cells[w->place].events = events_of(wanted) ;
  return 1 ;
}

void loop_engine_remove (struct loop *l, struct loop_watch *w)
{
  struct books *b = books_of(l) ;
  uint32_t last = --l->len ;
  b->cells[w->place] = b->cells[last] ;
  b->owners[w->place] = b->owners[last] ;
  b->owners[w->place]->place = w->place ;
}

void loop_engine_forget (struct loop *l, struct loop_watch *w)
{
  loop_engine_remove(l, w) ;
}

 /* More may be ready than a turn takes: the next one begins behind the last
    that was taken. */

int loop_engine_wait (struct loop *l, int ms)
{
  struct books *b = books_of(l) ;
  int ready = poll(b->cells, l->len, ms) ;
  int n = 0 ;
  uint32_t i = 0 ;
  if (ready < 0) return -1 ;
  for (; i < l->len && n < LOOP_BATCH && n < ready ; i++)
  {
    uint32_t at = (l->next + i) % l->len ;
    short events = b->cells[at].revents ;
    if (!events) continue ;
    l->found[n].watch = b->owners[at] ;
    l->found[n++].events = (events & POLLIN ? LOOP_READ : 0)
      | (events & POLLOUT ? LOOP_WRITE : 0)
      | (events & (POLLHUP | POLLERR | POLLNVAL) ? LOOP_HANGUP : 0) ;
  }
  l->next = l->len ? (l->next + i) % l->len : 0 ;
  return n ;
}

#endif
