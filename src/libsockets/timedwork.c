/* ISC license. */

#include <time.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "libdaemon/clock.h"
#include "libsockets/timedwork.h"

 /* Reads until the end of file. -1 and errno, ETIMEDOUT for one. */

static ptrdiff_t read_until (int fd, char *out, size_t size, int64_t deadline)
{
  size_t len = 0 ;
  for (;;)
  {
    struct pollfd x = { .fd = fd, .events = POLLIN } ;
    int64_t left = deadline - clock_milliseconds() ;
    ssize_t r = 0 ;
    int ready = left > 0 ? poll(&x, 1, left > INT32_MAX ? INT32_MAX : (int)left) : 0 ;
    if (!ready) return (errno = ETIMEDOUT, -1) ;
    if (ready == -1 && errno != EINTR) return -1 ;
    if (ready == -1) continue ;
    r = len < size ? read(fd, out + len, size - len) : 0 ;
    if (r == -1 && errno == EINTR) continue ;
    if (r == -1) return -1 ;
    if (!r) return len ;
    len += r ;
  }
}

static void end_child (pid_t pid)
{
  int e = errno ;
  int status ;
  kill(pid, SIGKILL) ;
  while (waitpid(pid, &status, 0) == -1 && errno == EINTR) ;
  errno = e ;
}

ptrdiff_t timedwork_run (ptrdiff_t (*work) (void const *data, char *out, size_t size), void const *data, char *out, size_t size, unsigned int ms)
{
  int64_t deadline = clock_milliseconds() + ms ;
  ptrdiff_t n ;
  pid_t pid ;
  int p[2] ;
  if (!ms) return (*work)(data, out, size) ;
  if (pipe(p) == -1) return -1 ;
  pid = fork() ;
  if (pid == -1)
  {
    fd_close(p[0]) ;
    fd_close(p[1]) ;
    return -1 ;
  }
  if (!pid)
  {
    close(p[0]) ;
    alarm(ms / 1000 + 2) ;  /* it ends even if nobody is left to kill it */
    n = (*work)(data, out, size) ;
    if (n > 0) allwrite(p[1], out, n) ;
    _exit(0) ;
  }
  close(p[1]) ;
  n = read_until(p[0], out, size, deadline) ;
  fd_close(p[0]) ;
  end_child(pid) ;
  if (n == 0) return (errno = EIO, -1) ;
  return n ;
}
