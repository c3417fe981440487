/* ISC license. */

 /* How one descriptor is closed, and, at the end, everything in the table that
    we share. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "libdaemon/closer-internal.h"

enum { STATUS_MAX = 2048, LAST_SECONDS = 1 } ;

 /* On a connected stream socket that lingers, close(2) waits for unsent data,
    and needs not: the kernel sends it all the same. A listening socket never
    waits, and those that it accepts inherit the option, so it keeps it.
    Returns 0 for what is no socket. */

int closer_disarm (int fd)
{
  struct linger linger ;
  socklen_t len = sizeof(linger) ;
  int type, listening ;
  if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len) == -1) return 0 ;
  if (!linger.l_onoff) return 1 ;
  len = sizeof(int) ;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 || type != SOCK_STREAM) return 1 ;
  len = sizeof(int) ;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == -1 || listening) return 1 ;
  linger.l_onoff = 0 ;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) ;
  return 1 ;
}

 /* Never twice, even after EINTR: by then the number may be another's. */

void closer_close_here (int fd)
{
  closer_disarm(fd) ;
  close(fd) ;
}

 /* How many numbers there may be: the kernel tells how large the table is. */

static int size (void)
{
  char s[STATUS_MAX] ;
  struct rlimit limit ;
  char const *line = 0 ;
  int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC) ;
  ssize_t r = fd < 0 ? -1 : read(fd, s, sizeof(s) - 1) ;
  if (fd >= 0) close(fd) ;
  if (r > 0)
  {
    s[r] = 0 ;
    line = strstr(s, "\nFDSize:") ;
  }
  if (line) return atoi(line + strlen("\nFDSize:")) ;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < CLOSER_OWN_MAX ? (int)limit.rlim_cur : CLOSER_OWN_MAX ;
}

 /* To ask for each costs less than a directory of them. */

static int highest (void)
{
  int fd = size() - 1 ;
  while (fd > 0 && fcntl(fd, F_GETFD) == -1) fd-- ;
  return fd ;
}

 /* Neither call does anything: the one has no flags, the other no valid length. What
    can be seeked is passed over by the first, which asks nobody, for an overlay
    may open a file to be told of the second. That looks at the type that the
    kernel knows, and not at the pipe: whatever asks that one waits for its lock,
    which the other end may hold. Nor is a name looked for, for each number: that
    costs ten times as much, while the next image wants to begin. */

#ifdef SYNC_FILE_RANGE_WRITE
static int is_pipe (int fd)
{
  return sync_file_range(fd, 0, 0, 0) == -1 && errno == ESPIPE && posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL) == ESPIPE ;
}
#else
#define is_pipe(fd) 0
#endif

 /* The lower, the sooner it is closed at the end. Nothing here asks the file
    system that a file is of, as fstat(2) would, or waits for a lock. */

enum order { ORDER_LISTENING, ORDER_PIPE, ORDER_SOCKET, ORDER_REST, ORDERS } ;

static enum order order_of (int fd)
{
  int listening ;
  socklen_t len = sizeof(int) ;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0) return listening ? ORDER_LISTENING : ORDER_SOCKET ;
  if (errno == EBADF) return ORDERS ;  /* nothing is there */
  return is_pipe(fd) ? ORDER_PIPE : ORDER_REST ;
}

 /* Several helpers do this at the same time, and one may be stuck in the
    midst of it: every second one begins with the highest number. */

static void close_some (struct closer const *c, unsigned int number, int max, int (*is_due) (struct closer const *, int, int), int data)
{
  for (int i = 0 ; i <= max ; i++)
  {
    int fd = number & 1 ? max - i : i ;
    if ((*is_due)(c, fd, data)) closer_close_here(fd) ;
  }
}

static int is_of_order (struct closer const *c, int fd, int order)
{
  (void)c ;
  return (int)order_of(fd) == order ;
}

static int is_last (struct closer const *c, int fd)
{
  return (size_t)fd < c->ownsize && __atomic_load_n(c->shared->own + fd, __ATOMIC_RELAXED) == CLOSER_LAST ;
}

 /* To close what another process has, too, does not wait, but for what asks a
    file system each time. */

static int is_copy (struct closer const *c, int fd, int isanything)
{
  if (is_last(c, fd)) return 0 ;
  return isanything || order_of(fd) < ORDER_REST ;
}

static int is_last_of_order (struct closer const *c, int fd, int order)
{
  return is_last(c, fd) && is_of_order(c, fd, order) ;
}

 /* The other image closes its copy of what nobody needs at once. If ours is the last
    one, it is our close that may wait, and not one of its helpers. */

static void let_it_close (struct closer const *c, int max)
{
  struct timespec left = { .tv_sec = LAST_SECONDS } ;
  int fd = 0 ;
  while (fd <= max && !is_last(c, fd)) fd++ ;
  if (fd <= max) while (nanosleep(&left, &left) == -1 && errno == EINTR) ;
}

void closer_hang_up (struct closer const *c, size_t n)
{
  for (size_t fd = 0 ; fd < n && fd < c->ownsize ; fd++)
    if (__atomic_load_n(c->shared->own + fd, __ATOMIC_RELAXED) == CLOSER_OWN) shutdown((int)fd, SHUT_RDWR) ;
}

void closer_close_all (struct closer const *c, unsigned int number, int isdead)
{
  int (*is_due) (struct closer const *, int, int) = &is_of_order ;
  int max ;
  close(c->report[0]) ;  /* so that there is a number to look with */
  max = highest() ;
  if (isdead) closer_hang_up(c, (size_t)max + 1) ;
  if (!isdead && __atomic_load_n(&c->shared->ishandedover, __ATOMIC_SEQ_CST))
  {
    close_some(c, number, max, &is_copy, 0) ;
    close_some(c, number, max, &is_copy, 1) ;
    let_it_close(c, max) ;
    is_due = &is_last_of_order ;  /* of the rest there is nothing any longer, and to ask takes the next image's time */
  }
  for (enum order now = 0 ; now < ORDERS ; now++) close_some(c, number, max, is_due, (int)now) ;
}
