/* ISC license. */

 /* Our side of the helpers: what to close, and how many of them there are.
    Longer than most: what is counted, given and heard is one set of numbers. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

#include "libdaemon/closer-internal.h"

enum
{
  CLOSER_WAIT_MS = 20,  /* for one call of closer_settle */
  CLOSER_AGAIN_MS = 1000
} ;

#define queued(c) genalloc_len(int, &(c)->queue)

#define shared_size(c) (sizeof(struct closer_shared) + (c)->ownsize)

static int begin_sharing (struct closer *c)
{
  struct rlimit limit ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) return 0 ;
  c->ownsize = limit.rlim_cur < CLOSER_OWN_MAX ? limit.rlim_cur : CLOSER_OWN_MAX ;
  c->shared = mmap(0, shared_size(c), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ;
  if (c->shared != MAP_FAILED) return 1 ;
  c->shared = 0 ;
  return 0 ;
}

static int open_pipes (struct closer *c)
{
  if (pipecoe(c->request) == -1) return 0 ;
  if (pipecoe(c->report) == -1) goto close_request ;
  if (ndelay_on(c->request[1]) == 0 && ndelay_on(c->report[0]) == 0) return 1 ;
  fd_close(c->report[0]) ;
  fd_close(c->report[1]) ;
 close_request:
  fd_close(c->request[0]) ;
  fd_close(c->request[1]) ;
  return 0 ;
}

static void close_pipes (struct closer *c)
{
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    fd_close(c->request[i]) ;
    fd_close(c->report[i]) ;
  }
}

int closer_begin (struct closer *c)
{
  static struct closer const zero = CLOSER_ZERO ;
  int e ;
  *c = zero ;
  memset(c->helpers, 0, sizeof(c->helpers)) ;
  if (!begin_sharing(c)) return 0 ;
  if (!open_pipes(c)) goto unmap ;
  for (; c->n < 2 ; c->n++)
  {
    c->helpers[c->n] = closer_helper_start(c, c->n) ;
    if (!c->helpers[c->n]) goto end_helpers ;
  }
  c->hashelpers = 1 ;
  return 1 ;

 end_helpers:
  e = errno ;
  for (unsigned int i = 0 ; i < c->n ; i++)
  {
    kill(c->helpers[i], SIGKILL) ;
    waitpid(c->helpers[i], 0, 0) ;
  }
  close_pipes(c) ;
  errno = e ;
 unmap:
  e = errno ;
  munmap(c->shared, shared_size(c)) ;
  *c = zero ;
  errno = e ;
  return 0 ;
}

 /* Without memory for the queue. */

static void give_at_once (struct closer *c, int fd)
{
  ssize_t r ;
  do r = write(c->request[1], &fd, sizeof(fd)) ;
  while (r == -1 && errno == EINTR) ;
  if (r == sizeof(fd)) return ;
  c->unasked++ ;
  closer_close_here(fd) ;
}

void closer_close (struct closer *c, int fd)
{
  int e = errno ;
  if (!c->hashelpers) closer_close_here(fd) ;
  else
  {
    c->asked++ ;
    if (!genalloc_append(int, &c->queue, &fd)) give_at_once(c, fd) ;
  }
  errno = e ;
}

 /* In the order in which they came. What the pipe does not take waits. */

static void give (struct closer *c)
{
  int *fds = genalloc_s(int, &c->queue) ;
  size_t n = queued(c), given = 0 ;
  while (given < n)
  {
    size_t now = n - given < CLOSER_BATCH ? n - given : CLOSER_BATCH ;  /* one write that is done whole or not at all */
    ssize_t r = write(c->request[1], fds + given, now * sizeof(int)) ;
    if (r > 0) given += (size_t)r / sizeof(int) ;
    else if (errno != EINTR) break ;
  }
  if (given && given < n) memmove(fds, fds + given, (n - given) * sizeof(int)) ;
  genalloc_setlen(int, &c->queue, n - given) ;
  c->due = tain_infinite ;
}

static void give_if_due (struct closer *c, tain const *now)
{
  tain pause ;
  if (!queued(c)) return ;
  if (queued(c) >= CLOSER_BATCH || !tain_less(now, &c->due)) give(c) ;
  if (!queued(c) || tain_less(&c->due, &tain_infinite)) return ;
  tain_from_millisecs(&pause, CLOSER_BATCH_MS) ;
  tain_add(&c->due, now, &pause) ;
}

static void hear (struct closer *c)
{
  c->heard = c->unasked ;
  for (unsigned int i = 0 ; i < c->n ; i++) c->heard += __atomic_load_n(c->shared->closed + i, __ATOMIC_SEQ_CST) ;
}

static uint32_t microseconds_since (struct timespec const *begin)
{
  struct timespec now ;
  clock_gettime(CLOCK_MONOTONIC, &now) ;
  return (uint32_t)((now.tv_sec - begin->tv_sec) * 1000000 + (now.tv_nsec - begin->tv_nsec) / 1000) ;
}

 /* What helpers have closed before they saw that we wait, we see. */

static void await (struct closer *c, int isawaited)
{
  char bytes[CLOSER_BATCH] ;
  if (c->shared->isawaited == (uint32_t)isawaited) return ;
  __atomic_store_n(&c->shared->isawaited, (uint32_t)isawaited, __ATOMIC_SEQ_CST) ;
  if (!isawaited) while (read(c->report[0], bytes, sizeof(bytes)) == sizeof(bytes)) ;
}

static void wait_for_reports (struct closer *c, uint32_t pending, struct timespec const *begin)
{
  await(c, 1) ;
  hear(c) ;
  while (closer_pending(c) > pending && microseconds_since(begin) < CLOSER_WAIT_MS * 1000)
  {
    struct pollfd x = { .fd = c->report[0], .events = POLLIN } ;
    char byte ;
    if (poll(&x, 1, 1) > 0 && read(c->report[0], &byte, 1) == -1) break ;
    hear(c) ;
  }
  await(c, 0) ;
}

void closer_settle (struct closer *c, uint32_t pending)
{
  int e = errno ;
  struct timespec begin ;
  if (closer_pending(c) <= pending) return ;
  if (queued(c)) give(c) ;
  hear(c) ;
  clock_gettime(CLOCK_MONOTONIC, &begin) ;
  if (begin.tv_sec != c->second)
  {
    c->second = begin.tv_sec ;
    c->waited = 0 ;
  }
  if (c->waited < CLOSER_SETTLE_MS * 1000 && c->heard != c->invain)
  {
    wait_for_reports(c, pending, &begin) ;
    c->waited += microseconds_since(&begin) ;
    c->invain = closer_pending(c) > pending ? c->heard : c->heard - 1 ;
  }
  errno = e ;
}

void closer_own (struct closer *c, int fd, int isours)
{
  if ((size_t)fd >= c->ownsize) return ;
  if ((size_t)fd >= c->ownmax) c->ownmax = (size_t)fd + 1 ;
  __atomic_store_n(c->shared->own + fd, (char)!!isours, __ATOMIC_RELAXED) ;
}

int closer_fd (struct closer const *c)
{
  return c->shared && c->shared->isawaited ? c->report[0] : -1 ;
}

void closer_next (struct closer const *c, tain *when)
{
  if (!c->hashelpers) return ;
  if (tain_less(&c->due, when)) *when = c->due ;
  if (tain_less(&c->late, when)) *when = c->late ;
}

static void set_late (struct closer *c, tain const *now, unsigned int milliseconds)
{
  tain pause ;
  tain_from_millisecs(&pause, milliseconds) ;
  tain_add(&c->late, now, &pause) ;
  c->mark = c->asked - (uint32_t)queued(c) ;
}

 /* Those that have died and could not be made again are made; and one more,
    up to the bound, where somebody is stuck. 0: not now. */

static int make_helpers (struct closer *c, int ismore)
{
  unsigned int n = ismore && c->n < CLOSER_HELPERS ? c->n + 1 : c->n ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    if (c->helpers[i]) continue ;
    c->helpers[i] = closer_helper_start(c, i) ;
    if (!c->helpers[i]) return 0 ;
    if (i == c->n) c->n++ ;
  }
  return 1 ;
}

static int is_awaited (struct closer const *c)
{
  return closer_pending(c) > queued(c) ;
}

static void be_late (struct closer *c, tain const *now)
{
  int isstuck = (int32_t)(c->heard - c->mark) < 0 ;
  c->late = tain_infinite ;
  if (!make_helpers(c, isstuck)) set_late(c, now, CLOSER_AGAIN_MS) ;
}

 /* With as many helpers as there may be, nothing is late. */

void closer_turn (struct closer *c, tain const *now)
{
  int islate = c->hashelpers && !tain_less(now, &c->late) ;
  if (!islate && !closer_pending(c)) return ;
  give_if_due(c, now) ;
  hear(c) ;
  await(c, 0) ;
  if (c->n > 2 && closer_pending(c))
  {
    await(c, 1) ;
    hear(c) ;
  }
  if (islate) be_late(c, now) ;
  if (!tain_less(&c->late, &tain_infinite) && is_awaited(c) && c->n < CLOSER_HELPERS) set_late(c, now, CLOSER_LATE_MS) ;
}

 /* What it was closing, if anything, stays counted: nobody knows whether it
    is closed, and so nobody may close it. */

void closer_reap (struct closer *c)
{
  for (unsigned int i = 0 ; i < c->n ; i++)
    if (c->helpers[i] && waitpid(c->helpers[i], 0, WNOHANG) == c->helpers[i])
    {
      c->helpers[i] = 0 ;
      c->late = tain_zero ;
    }
}

static void hang_up (struct closer const *c)
{
  for (size_t fd = 0 ; fd < c->ownmax ; fd++)
    if (c->shared->own[fd]) shutdown((int)fd, SHUT_RDWR) ;
}

static int are_all_gone (struct closer *c)
{
  int all = 1 ;
  for (unsigned int i = 0 ; i < c->n ; i++)
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
  hang_up(c) ;
  if (!c->helpers[0]) c->helpers[0] = closer_helper_start(c, 0) ;
  for (unsigned int i = 0 ; i < c->n ; i++)
    if (c->helpers[i]) kill(c->helpers[i], CLOSER_SIGNAL) ;
  clock_gettime(CLOCK_MONOTONIC, &begin) ;
  while (!are_all_gone(c) && microseconds_since(&begin) < CLOSER_END_MS * 1000) nanosleep(&pause, 0) ;
}
