/* ISC license. */

/* A process that does not get its turn: so many milliseconds after an end was told by
   epoll_wait(2), as the environment's LATE says. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "support/preload.h"

int epoll_wait (int fd, struct epoll_event *events, int most, int ms)
{
  static int (*real) (int, struct epoll_event *, int, int) = 0 ;
  char const *late = getenv("LATE") ;
  int isend = 0 ;
  int n ;
  if (!real) preload_next(&real, "epoll_wait") ;
  n = (*real)(fd, events, most, ms) ;
  for (int i = 0 ; i < n ; i++) isend |= !!(events[i].events & EPOLLHUP) ;
  if (isend && late) poll(0, 0, atoi(late)) ;
  return n ;
}
