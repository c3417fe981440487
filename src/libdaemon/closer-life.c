/* ISC license. */

 /* The helpers' beginning and end. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include "libdaemon/closer-internal.h"

#define shared_size(c) (sizeof(struct closer_shared) + 2 * (c)->ownsize)

int closer_begin_sharing (struct closer *c)
{
  struct rlimit limit ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) return 0 ;
  c->ownsize = limit.rlim_cur < CLOSER_OWN_MAX ? limit.rlim_cur : CLOSER_OWN_MAX ;
  c->shared = mmap(0, shared_size(c), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ;
  if (c->shared == MAP_FAILED) return (c->shared = 0, 0) ;
  c->shared->active = 1 ;
  return 1 ;
}

static int open_channel (struct closer *c)
{
  if (pipecoe(c->report) == -1) return 0 ;
  if (ndelay_on(c->report[0]) == 0) return 1 ;
  fd_close(c->report[0]) ;
  fd_close(c->report[1]) ;
  return 0 ;
}

static void close_channel (struct closer *c)
{
  fd_close(c->report[0]) ;
  fd_close(c->report[1]) ;
}

int closer_begin (struct closer *c, closer_done_func_ref done, void *data)
{
  static struct closer const zero = CLOSER_ZERO ;
  unsigned int n = 0 ;
  int e ;
  *c = zero ;
  c->done = done ;
  c->data = data ;
  if (!closer_begin_sharing(c)) return 0 ;
  if (!open_channel(c)) goto unmap ;
  for (; n < 2 ; n++)
  {
    c->helpers[n] = closer_helper_start(c, n) ;
    if (!c->helpers[n]) goto end_helpers ;
  }
  c->hashelpers = 1 ;
  return 1 ;

 end_helpers:
  e = errno ;
  while (n--)
  {
    kill(c->helpers[n], SIGKILL) ;
    waitpid(c->helpers[n], 0, 0) ;
  }
  close_channel(c) ;
  errno = e ;
 unmap:
  e = errno ;
  munmap(c->shared, shared_size(c)) ;
  *c = zero ;
  errno = e ;
  return 0 ;
}

uint32_t closer_microseconds_since (struct timespec const *begin)
{
  struct timespec now ;
  clock_gettime(CLOCK_MONOTONIC, &now) ;
  return (uint32_t)((now.tv_sec - begin->tv_sec) * 1000000 + (now.tv_nsec - begin->tv_nsec) / 1000) ;
}

int closer_make_one (struct closer *c, uint32_t i)
{
  if (!c->helpers[i]) c->helpers[i] = closer_helper_start(c, i) ;
  return !!c->helpers[i] ;
}

static int are_all_gone (struct closer *c)
{
  int all = 1 ;
  for (unsigned int i = 0 ; i < CLOSER_HELPERS ; i++)
    if (c->helpers[i])
    {
      if (waitpid(c->helpers[i], 0, WNOHANG)) c->helpers[i] = 0 ;
      else all = 0 ;
    }
  return all ;
}

void closer_end (struct closer *c)
{
  static struct timespec const pause = { .tv_sec = 0, .tv_nsec = 1000000 } ;
  struct timespec begin ;
  if (!c->hashelpers) return ;
  closer_hang_up(c, c->ownmax) ;
  closer_make_one(c, 0) ;
  for (unsigned int i = 0 ; i < CLOSER_HELPERS ; i++)
    if (c->helpers[i]) kill(c->helpers[i], CLOSER_SIGNAL) ;
  if (c->burier) kill(c->burier, SIGKILL) ;  /* its own helpers do the rest */
  clock_gettime(CLOCK_MONOTONIC, &begin) ;
  while (!are_all_gone(c) && closer_microseconds_since(&begin) < CLOSER_END_MS * 1000) nanosleep(&pause, 0) ;
}
