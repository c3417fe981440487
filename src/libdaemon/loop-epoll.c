/* ISC license. */

#include "probed.h"
#include "libdaemon/loop.h"  /* here: C knows no source without a declaration */

#ifdef S6_ACTIVATION_HAS_EPOLL

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>

#include <skalibs/djbunix.h>

int loop_hasedges (void)
{
  return 1 ;
}

int loop_engine_init (struct loop *l)
{
  l->fd = epoll_create1(EPOLL_CLOEXEC) ;
  return l->fd >= 0 ;
}

void loop_engine_end (struct loop *l)
{
  fd_close(l->fd) ;
}

static int control (struct loop *l, struct loop_watch *w, int operation, unsigned int wanted)
{
  struct epoll_event x = { .data = { .ptr = w } } ;
  if (wanted & LOOP_READ) x.events |= EPOLLIN ;
  if (wanted & LOOP_WRITE) x.events |= EPOLLOUT ;
  if (wanted & LOOP_EDGE) x.events |= EPOLLET ;
  return epoll_ctl(l->fd, operation, w->fd, &x) == 0 ;
}

int loop_engine_add (struct loop *l, struct loop_watch *w)
{
  return control(l, w, EPOLL_CTL_ADD, w->wanted) ;
}

int loop_engine_change (struct loop *l, struct loop_watch *w, unsigned int wanted)
{
  return control(l, w, EPOLL_CTL_MOD, wanted) ;
}

 /* Not left to close(2): another process may have a copy of what is closed,
    and the kernel would go on watching it. */

void loop_engine_remove (struct loop *l, struct loop_watch *w)
{
  int e = errno ;
  control(l, w, EPOLL_CTL_DEL, 0) ;
  errno = e ;
}

void loop_engine_forget (struct loop *l, struct loop_watch *w)
{
  (void)l ;
  (void)w ;
}

int loop_engine_wait (struct loop *l, int ms)
{
  struct epoll_event x[LOOP_BATCH] ;
  int n = epoll_wait(l->fd, x, LOOP_BATCH, ms) ;
  for (int i = 0 ; i < n ; i++)
  {
    l->found[i].watch = x[i].data.ptr ;
    l->found[i].events = (x[i].events & EPOLLIN ? LOOP_READ : 0)
      | (x[i].events & EPOLLOUT ? LOOP_WRITE : 0)
      | (x[i].events & (EPOLLHUP | EPOLLERR) ? LOOP_HANGUP : 0) ;
  }
  return n ;
}

#endif
