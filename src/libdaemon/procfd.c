/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <skalibs/djbunix.h>

#include "libdaemon/procfd.h"

 /* The kernel may know it where the headers do not. */
#if defined(__linux__) && !defined(SO_PEERPIDFD) && !defined(__sparc__) && !defined(__hppa__)
#define SO_PEERPIDFD 77
#endif

int procfd_open (pid_t pid)
{
#ifdef SYS_pidfd_open
  int fd = (int)syscall(SYS_pidfd_open, pid, 0) ;
  if (fd >= 0 && coe(fd) == 0) return fd ;
  if (fd >= 0) fd_close(fd) ;
  return -1 ;
#else
  (void)pid ;
  return (errno = ENOSYS, -1) ;
#endif
}

int procfd_hasended (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, 0) == 1 ;
}

int procfd_kill (int fd, int sig)
{
#ifdef SYS_pidfd_send_signal
  return syscall(SYS_pidfd_send_signal, fd, sig, 0, 0) == 0 ;
#else
  (void)fd ;
  (void)sig ;
  return (errno = ENOSYS, 0) ;
#endif
}

static int exact_peer (int socket)
{
#ifdef SO_PEERPIDFD
  int fd ;
  socklen_t len = sizeof(fd) ;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &fd, &len) == 0) return fd ;
#else
  (void)socket ;
#endif
  return -1 ;
}

 /* An older kernel tells a number, which is right while its process lives: it
    is for the caller to know that it does. */

int procfd_peer (int socket, pid_t *pid)
{
  struct ucred c ;
  socklen_t len = sizeof(c) ;
  int fd ;
  *pid = 0 ;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &c, &len) == 0) *pid = c.pid ;
  fd = exact_peer(socket) ;
  if (fd >= 0) return coe(fd) == 0 ? fd : (fd_close(fd), -1) ;
  return *pid > 0 ? procfd_open(*pid) : (errno = ESRCH, -1) ;
}
