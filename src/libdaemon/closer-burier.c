/* ISC license. */

 /* The process that closes connections in a table of its own. Linux only. */

#include <skalibs/nonposix.h>

#include <errno.h>

#include "probed.h"
#include "libdaemon/closer-internal.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

#if defined(S6_ACTIVATION_HAS_CLONE_FILES) && defined(SYS_close_range)

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/sharing.h"
#include "libfdwire/rights.h"

 /* What begins a process without a table of its own has no argument. */

static struct
{
  struct closer_shared *shared ;
  int fd ;  /* where connections come from */
  pid_t parent ;
  unsigned int generation ;
} self ;

enum
{
  GENERATIONS = 64,
  MARGIN = 64,  /* what the table has room for beside connections, and helpers */
  FIRST_FREE = 3
} ;

 /* A table with what is below self.fd, and that one: nothing that a client
    sent is there. Of the rest nothing is kept but standard descriptors of
    nobody. */

static void leave_table (void)
{
  int null ;
  if (!closer_leave_table((unsigned int)self.fd + 1)) _exit(1) ;
  null = open("/dev/null", O_RDWR | O_CLOEXEC) ;
  if (null < 0 || (self.fd && dup2(self.fd, 0) == -1)) _exit(1) ;
  for (int i = 1 ; i < FIRST_FREE ; i++) if (i != null && dup2(null, i) == -1) _exit(1) ;
  syscall(SYS_close_range, FIRST_FREE, ~0U, 0) ;
  self.fd = 0 ;
}

static rlim_t raise_limit (void)
{
  struct rlimit limit ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) return 0 ;
  if (limit.rlim_max < CLOSER_OWN_MAX) limit.rlim_cur = limit.rlim_max ;
  else if (limit.rlim_cur < CLOSER_OWN_MAX) limit.rlim_cur = CLOSER_OWN_MAX ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
  return getrlimit(RLIMIT_NOFILE, &limit) == -1 ? 0 : limit.rlim_cur ;
}

 /* Who has sent it is about to close it. */

static void await_sender (void)
{
  static struct timespec const pause = { .tv_nsec = 100000 } ;
  uint32_t n = ++self.shared->received ;
  while ((int32_t)(__atomic_load_n(&self.shared->buried, __ATOMIC_SEQ_CST) - n) < 0) nanosleep(&pause, 0) ;
}

static void take (void *data, int fd)
{
  *(int *)data = fd ;
}

 /* -1: there is none. */

static int receive (void)
{
  union rights_room rights ;
  char byte ;
  struct iovec v = { .iov_base = &byte, .iov_len = 1 } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  ssize_t r = rights_receive(0, &msg, &rights) ;
  int fd = -1 ;
  if (r <= 0)
  {
    static struct timespec const pause = { .tv_nsec = 10000000 } ;
    if (!r || errno != EAGAIN) nanosleep(&pause, 0) ;  /* whatever it is that is short */
    return -1 ;
  }
  await_sender() ;
  rights_take(&msg, &take, &fd) ;
  return fd ;
}

static int wait_for_work (struct closer const *c, int isfull)
{
  struct pollfd x[2] = { { .fd = isfull ? -1 : 0, .events = POLLIN }, { .fd = closer_isawaited(c) ? closer_reports(c) : -1, .events = POLLIN } } ;
  tain now, when = tain_infinite, left ;
  int milliseconds = -1 ;
  closer_next(c, &when) ;
  clock_now(&now) ;
  if (tain_less(&when, &tain_infinite))
  {
    tain_sub(&left, &when, &now) ;
    milliseconds = tain_less(&now, &when) ? tain_to_millisecs(&left) + 1 : 0 ;
  }
  return poll(x, 2, milliseconds) > 0 && x[0].revents ;
}

static pid_t start (void) ;

static void turn (struct closer *c, int isready)
{
  tain now ;
  if (isready)
  {
    int fd = receive() ;
    if (!c->hashelpers) closer_begin(c, 0, 0) ;
    if (fd >= 0) closer_close(c, fd, 0, 0) ;
  }
  closer_reap(c) ;
  clock_now(&now) ;
  closer_turn(c, &now, 0) ;
}

 /* Whose table is full gives its place to another one, and is there only
    for what it has. */

static int bury (void *data)
{
  static struct closer const zero = CLOSER_ZERO ;
  static struct closer c ;
  rlim_t max ;
  int isfull = 0 ;
  (void)data ;
  c = zero ;  /* it was a copy of the one before */
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ;
  if (getppid() != self.parent) _exit(1) ;
  prctl(PR_SET_NAME, "closer", 0, 0, 0) ;
  setsid() ;
  leave_table() ;
  __atomic_store_n(&self.shared->isapart, 1, __ATOMIC_SEQ_CST) ;
  if (chdir("/") == -1) { /* then the working directory stays in use */ }
  max = raise_limit() ;
  for (;;)
  {
    if (!isfull && closer_pending(&c) + MARGIN >= max && self.generation < GENERATIONS) isfull = !!start() ;
    turn(&c, wait_for_work(&c, isfull || closer_pending(&c) + MARGIN >= max)) ;
  }
  return 0 ;
}

static pid_t start (void)
{
  pid_t pid ;
  self.parent = getpid() ;
  self.generation++ ;
  pid = sharing_clone(&bury) ;
  if (!pid) self.generation-- ;
  return pid ;
}

pid_t closer_burier_start (struct closer_shared *shared, int fd)
{
  self.shared = shared ;
  self.fd = fd ;
  return start() ;
}

#else

pid_t closer_burier_start (struct closer_shared *shared, int fd)
{
  (void)shared ;
  (void)fd ;
  return (errno = ENOSYS, 0) ;
}

#endif
