/* ISC license. */

#include "probed.h"
#include "libdaemon/loop.h"  /* here: C knows no source without a declaration */

#ifdef S6_ACTIVATION_HAS_EPOLL

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>

#include <skalibs/djbunix.h>

#define loop_hasepoll(l) ((l)->fd >= 0)

int loop_hasedges (void)
{
  return 1 ;
}

int loop_engine_init (struct loop *l)
{
  l->fd = epoll_create1(EPOLL_CLOEXEC) ;
  return l->fd >= 0 ;
}

int loop_engine_init_few (struct loop *l)
{
  (void)l ;
  return 1 ;
}

void loop_engine_end (struct loop *l)
{
  if (loop_hasepoll(l)) fd_close(l->fd) ;
}

static int control (struct loop *l, struct loop_watch *w, int operation, unsigned int wanted)
{
  struct epoll_event x = { .data = { .ptr = w } } ;
  if (!loop_hasepoll(l)) return 1 ;
  if (wanted & LOOP_READ) x.events |= EPOLLIN ;
  if (wanted & LOOP_WRITE) x.events |= EPOLLOUT ;
  if (wanted & LOOP_EDGE) x.events |= EPOLLET ;
  return epoll_ctl(l->fd, operation, w->fd, &x) == 0 ;
}

 /* While all that epoll has are few, poll(2) can be asked for them instead. Edges
    it does not know. */

static void enlist (struct loop *l, struct loop_watch *w)
{
  l->len++ ;
  w->place = 0 ;
  if (l->fewlen == LOOP_FEW || w->wanted & LOOP_EDGE) return ;
  l->few[l->fewlen++] = w ;
  w->place = l->fewlen ;
}

static void delist (struct loop *l, struct loop_watch *w)
{
  struct loop_watch *last ;
  l->len-- ;
  if (!w->place) return ;
  last = l->few[--l->fewlen] ;
  l->few[w->place - 1] = last ;
  last->place = w->place ;
}

int loop_engine_add (struct loop *l, struct loop_watch *w)
{
  if (!loop_hasepoll(l) && l->fewlen == LOOP_FEW) return (errno = ENOSPC, 0) ;
  if (!control(l, w, EPOLL_CTL_ADD, w->wanted)) return 0 ;
  enlist(l, w) ;
  return 1 ;
}

 /* One that is asked of poll(2), beside all the others, in the next wait: a
    connection that was served at once mostly ends then, and epoll need not be told
    of it. Longer than that nobody is. A second one has no place. */

int loop_engine_add_briefly (struct loop *l, struct loop_watch *w)
{
  if (l->brief || !loop_hasepoll(l)) return loop_engine_add(l, w) ;
  l->brief = w ;
  l->isbriefover = 0 ;
  return 1 ;
}

int loop_engine_change (struct loop *l, struct loop_watch *w, unsigned int wanted)
{
  if (w == l->brief) return 1 ;
  return control(l, w, EPOLL_CTL_MOD, wanted) ;
}

 /* Not left to close(2): another process may have a copy of what is closed,
    and the kernel would go on watching it. */

void loop_engine_remove (struct loop *l, struct loop_watch *w)
{
  int e = errno ;
  if (w != l->brief) control(l, w, EPOLL_CTL_DEL, 0) ;
  loop_engine_forget(l, w) ;
  errno = e ;
}

void loop_engine_forget (struct loop *l, struct loop_watch *w)
{
  if (w == l->brief) l->brief = 0 ;
  else delist(l, w) ;
}

static int wait_for_all (struct loop *l, int max, int ms)
{
  struct epoll_event x[LOOP_BATCH] ;
  int n = epoll_wait(l->fd, x, max, ms) ;
  for (int i = 0 ; i < n ; i++)
  {
    l->found[i].watch = x[i].data.ptr ;
    l->found[i].events = (x[i].events & EPOLLIN ? LOOP_READ : 0)
      | (x[i].events & EPOLLOUT ? LOOP_WRITE : 0)
      | (x[i].events & (EPOLLHUP | EPOLLERR) ? LOOP_HANGUP : 0) ;
  }
  return n ;
}

static struct pollfd question (struct loop_watch const *w)
{
  struct pollfd x = { .fd = w->fd, .events = (w->wanted & LOOP_READ ? POLLIN : 0) | (w->wanted & LOOP_WRITE ? POLLOUT : 0) } ;
  return x ;
}

 /* How many are found then, with this one. */

static int find (struct loop *l, int n, struct loop_watch *w, short events)
{
  if (!events) return n ;
  l->found[n].watch = w ;
  l->found[n].events = (events & POLLIN ? LOOP_READ : 0)
    | (events & POLLOUT ? LOOP_WRITE : 0)
    | (events & (POLLHUP | POLLERR | POLLNVAL) ? LOOP_HANGUP : 0) ;
  return n + 1 ;
}

static int wait_for_few (struct loop *l, int ms)
{
  struct pollfd x[LOOP_FEW + 1] ;
  int found = 0 ;
  int n ;
  for (uint32_t i = 0 ; i < l->fewlen ; i++) x[i] = question(l->few[i]) ;
  if (l->brief) x[l->fewlen] = question(l->brief) ;
  n = poll(x, l->fewlen + !!l->brief, ms) ;
  if (n <= 0) return n ;
  for (uint32_t i = 0 ; i < l->fewlen ; i++) found = find(l, found, l->few[i], x[i].revents) ;
  return l->brief ? find(l, found, l->brief, x[l->fewlen].revents) : found ;
}

 /* Both are poll's: what is watched, and epoll itself. */

static int wait_for_both (struct loop *l, int ms)
{
  struct pollfd x[2] = { { .fd = l->fd, .events = POLLIN }, question(l->brief) } ;
  int n = poll(x, 2, ms) ;
  if (n <= 0) return n ;
  n = x[0].revents ? wait_for_all(l, LOOP_BATCH - 1, 0) : 0 ;
  return n < 0 ? n : find(l, n, l->brief, x[1].revents) ;
}

 /* If epoll cannot be told of it, poll is asked again. */

int loop_engine_wait (struct loop *l, int ms)
{
  if (!loop_hasepoll(l)) return wait_for_few(l, ms) ;
  if (l->brief && l->isbriefover && loop_engine_add(l, l->brief)) l->brief = 0 ;
  if (!l->brief) return wait_for_all(l, LOOP_BATCH, ms) ;
  l->isbriefover = 1 ;
  return l->fewlen == l->len ? wait_for_few(l, ms) : wait_for_both(l, ms) ;
}

#endif
