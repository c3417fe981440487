/* ISC license. */

/* Makes calls fail that otherwise would not, and steps the wall clock, in the
   programs of this package only. See support/faults.h. */

#define _GNU_SOURCE

 /* both names are here: what is linked may have been compiled either way */
#undef _FILE_OFFSET_BITS

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "support/faults.h"
#include "support/preload.h"

static struct faults *faults = 0 ;

static __attribute__((constructor)) void map (void)
{
  char const *path = getenv("FAULTS") ;
  int fd ;
  void *s ;
  if (!path || strncmp(program_invocation_short_name, "s6-", 3)) return ;
  fd = open(path, O_RDWR | O_CLOEXEC) ;
  if (fd < 0) return ;
  s = mmap(0, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ;
  close(fd) ;
  if (s != MAP_FAILED) faults = s ;
}

static int fails (enum fault_function function, int number)
{
  if (!faults || faults->function != (unsigned int)function) return 0 ;
  if (faults->pid && faults->pid != getpid()) return 0 ;
  faults->calls++ ;
  if (faults->calls < faults->from || faults->calls > faults->to) return 0 ;
  faults->failed++ ;
  errno = faults->number ? faults->number : number ;
  return 1 ;
}

#define WRAP(type, name, parameters, arguments, which, number, failure) \
type name parameters \
{ \
  static type (*real) parameters = 0 ; \
  if (!real) preload_next(&real, #name) ; \
  if (fails(which, number)) return failure ; \
  return (*real) arguments ; \
}

WRAP(void *, malloc, (size_t size), (size), FAULT_MALLOC, ENOMEM, 0)
WRAP(void *, realloc, (void *s, size_t size), (s, size), FAULT_REALLOC, ENOMEM, 0)
WRAP(void *, calloc, (size_t n, size_t size), (n, size), FAULT_CALLOC, ENOMEM, 0)
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *msg, int flags), (fd, msg, flags), FAULT_RECVMSG, ENOBUFS, -1)
WRAP(ssize_t, sendmsg, (int fd, struct msghdr const *msg, int flags), (fd, msg, flags), FAULT_SENDMSG, ENOBUFS, -1)
WRAP(ssize_t, read, (int fd, void *s, size_t n), (fd, s, n), FAULT_READ, EIO, -1)
WRAP(int, pipe2, (int fd[2], int flags), (fd, flags), FAULT_PIPE2, EMFILE, -1)
WRAP(int, regcomp, (regex_t *re, char const *s, int flags), (re, s, flags), FAULT_REGCOMP, ENOMEM, REG_ESPACE)
WRAP(ssize_t, write, (int fd, void const *s, size_t n), (fd, s, n), FAULT_WRITE, EIO, -1)
WRAP(ssize_t, writev, (int fd, struct iovec const *v, int n), (fd, v, n), FAULT_WRITEV, ENOMEM, -1)
WRAP(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *len), (fd, level, name, value, len), FAULT_GETSOCKOPT, ENOBUFS, -1)
WRAP(int, faccessat, (int fd, char const *path, int mode, int flags), (fd, path, mode, flags), FAULT_FACCESSAT, EIO, -1)
WRAP(int, signalfd, (int fd, sigset_t const *set, int flags), (fd, set, flags), FAULT_SIGNALFD, EMFILE, -1)
WRAP(int, setrlimit, (preload_resource resource, struct rlimit const *limit), (resource, limit), FAULT_SETRLIMIT, EPERM, -1)
WRAP(int, memfd_create, (char const *name, unsigned int flags), (name, flags), FAULT_MEMFD_CREATE, ENOSYS, -1)
WRAP(int, execv, (char const *path, char *const *argv), (path, argv), FAULT_EXECV, ENOENT, -1)
WRAP(int, poll, (struct pollfd *x, nfds_t n, int timeout), (x, n, timeout), FAULT_POLL, ENOMEM, -1)
WRAP(int, ppoll, (struct pollfd *x, nfds_t n, struct timespec const *timeout, sigset_t const *set), (x, n, timeout, set), FAULT_POLL, ENOMEM, -1)
WRAP(void *, mmap, (void *where, size_t len, int prot, int flags, int fd, off_t offset), (where, len, prot, flags, fd, offset), FAULT_MMAP, ENOMEM, MAP_FAILED)

WRAP(int, socketpair, (int domain, int type, int protocol, int fd[2]), (domain, type, protocol, fd), FAULT_SOCKETPAIR, EMFILE, -1)
WRAP(pid_t, fork, (void), (), FAULT_FORK, EAGAIN, -1)
WRAP(ssize_t, send, (int fd, void const *s, size_t n, int flags), (fd, s, n, flags), FAULT_SEND, ENOBUFS, -1)
WRAP(ssize_t, recv, (int fd, void *s, size_t n, int flags), (fd, s, n, flags), FAULT_RECV, ENOBUFS, -1)
WRAP(int, epoll_ctl, (int fd, int operation, int of, struct epoll_event *event), (fd, operation, of, event), FAULT_EPOLL_CTL, ENOMEM, -1)
WRAP(int, epoll_wait, (int fd, struct epoll_event *events, int n, int timeout), (fd, events, n, timeout), FAULT_EPOLL_WAIT, ENOMEM, -1)

WRAP(int, accept4, (int fd, struct sockaddr *address, socklen_t *len, int flags), (fd, address, len, flags), FAULT_ACCEPT4, EMFILE, -1)

 /* The variadic ones take one argument more, of the widest type, whether it is there or not. */

#define WRAP_VARIADIC(name, parameters, last, type, arguments, which) \
int name parameters \
{ \
  static int (*real) parameters = 0 ; \
  va_list list ; \
  type argument ; \
  va_start(list, last) ; \
  argument = va_arg(list, type) ; \
  va_end(list) ; \
  if (!real) preload_next(&real, #name) ; \
  if (fails(which, EMFILE)) return -1 ; \
  return (*real) arguments ; \
}

#define WRAP_OPEN(name) WRAP_VARIADIC(name, (char const *path, int flags, ...), flags, unsigned int, (path, flags, argument), FAULT_OPEN)
#define WRAP_OPENAT(name) WRAP_VARIADIC(name, (int dir, char const *path, int flags, ...), flags, unsigned int, (dir, path, flags, argument), FAULT_OPENAT)
#define WRAP_FCNTL(name) WRAP_VARIADIC(name, (int fd, int command, ...), command, void *, (fd, command, argument), FAULT_FCNTL)

WRAP_OPEN(open)
WRAP_OPENAT(openat)
WRAP_FCNTL(fcntl)
#if PRELOAD_HAS_64
WRAP(void *, mmap64, (void *where, size_t len, int prot, int flags, int fd, off64_t offset), (where, len, prot, flags, fd, offset), FAULT_MMAP, ENOMEM, MAP_FAILED)
WRAP(int, setrlimit64, (preload_resource resource, struct rlimit64 const *limit), (resource, limit), FAULT_SETRLIMIT, EPERM, -1)
WRAP(int, __open_2, (char const *path, int flags), (path, flags), FAULT_OPEN, EMFILE, -1)
WRAP(int, __open64_2, (char const *path, int flags), (path, flags), FAULT_OPEN, EMFILE, -1)
WRAP_OPEN(open64)
WRAP_OPENAT(openat64)
WRAP_FCNTL(fcntl64)
#endif

int clone (int (*f) (void *), void *stack, int flags, void *data, ...)
{
  static int (*real) (int (*) (void *), void *, int, void *, ...) = 0 ;
  if (!real) preload_next(&real, "clone") ;
  if (fails(FAULT_CLONE, EAGAIN)) return -1 ;
  return (*real)(f, stack, flags, data) ;
}

 /* Six words go on, whether they are there or not. */

long syscall (long number, ...)
{
  static long (*real) (long, ...) = 0 ;
  long words[6] ;
  va_list list ;
  va_start(list, number) ;
  for (unsigned int i = 0 ; i < 6 ; i++) words[i] = va_arg(list, long) ;
  va_end(list) ;
  if (!real) preload_next(&real, "syscall") ;
  if ((number == SYS_pidfd_open || number == SYS_pidfd_send_signal) && fails(FAULT_PIDFD, ENOMEM)) return -1 ;
  return (*real)(number, words[0], words[1], words[2], words[3], words[4], words[5]) ;
}

int clock_gettime (clockid_t clock, struct timespec *ts)
{
  static int (*real) (clockid_t, struct timespec *) = 0 ;
  int r ;
  if (!real) preload_next(&real, "clock_gettime") ;
  if (fails(FAULT_CLOCK_GETTIME, EINVAL)) return -1 ;
  r = (*real)(clock, ts) ;
  if (!r && faults && clock == CLOCK_REALTIME) ts->tv_sec += faults->step ;
  return r ;
}
