/* ISC license. */

/* Makes calls fail that otherwise would not, and steps the wall clock, in the
   programs of this package only. See support/faults.h. */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "support/faults.h"

static struct faults *faults = 0 ;

static __attribute__((constructor)) void map (void)
{
  char const *path = getenv("FAULTS") ;
  int fd ;
  void *s ;
  if (!path || strncmp(program_invocation_short_name, "s6-", 3)) return ;
  fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) ;
  if (fd < 0) return ;
  s = (void *)syscall(SYS_mmap, (void *)0, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)0) ;
  close(fd) ;
  if (s != MAP_FAILED) faults = s ;
}

static int fails (enum fault_function function, int number)
{
  if (!faults || faults->function != (unsigned int)function) return 0 ;
  faults->calls++ ;
  if (faults->calls < faults->from || faults->calls > faults->to) return 0 ;
  faults->failed++ ;
  errno = faults->number ? faults->number : number ;
  return 1 ;
}

 /* ISO C knows no conversion from void * to a function. */

static void next (void *function, char const *name)
{
  void *symbol = dlsym(RTLD_NEXT, name) ;
  memcpy(function, &symbol, sizeof(symbol)) ;
}

#define WRAP(type, name, parameters, arguments, which, number, failure) \
type name parameters \
{ \
  static type (*real) parameters = 0 ; \
  if (!real) next(&real, #name) ; \
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
WRAP(int, setrlimit, (__rlimit_resource_t resource, struct rlimit const *limit), (resource, limit), FAULT_SETRLIMIT, EPERM, -1)
WRAP(int, poll, (struct pollfd *x, nfds_t n, int timeout), (x, n, timeout), FAULT_POLL, ENOMEM, -1)
WRAP(int, ppoll, (struct pollfd *x, nfds_t n, struct timespec const *timeout, sigset_t const *set), (x, n, timeout, set), FAULT_POLL, ENOMEM, -1)
WRAP(void *, mmap, (void *where, size_t len, int prot, int flags, int fd, off_t offset), (where, len, prot, flags, fd, offset), FAULT_MMAP, ENOMEM, MAP_FAILED)
WRAP(void *, mmap64, (void *where, size_t len, int prot, int flags, int fd, off64_t offset), (where, len, prot, flags, fd, offset), FAULT_MMAP, ENOMEM, MAP_FAILED)

int accept4 (int fd, struct sockaddr *address, socklen_t *len, int flags)
{
  if (fails(FAULT_ACCEPT4, EMFILE)) return -1 ;
  return syscall(SYS_accept4, fd, address, len, flags) ;
}

 /* The last argument may not be there: what is taken for it is then not used. */

#define WRAP_OPEN(name) \
int name (char const *path, int flags, ...) \
{ \
  va_list arguments ; \
  int mode ; \
  va_start(arguments, flags) ; \
  mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, int) : 0 ; \
  va_end(arguments) ; \
  if (fails(FAULT_OPEN, EMFILE)) return -1 ; \
  return syscall(SYS_openat, AT_FDCWD, path, flags, mode) ; \
}

#define WRAP_OPENAT(name) \
int name (int dir, char const *path, int flags, ...) \
{ \
  va_list arguments ; \
  int mode ; \
  va_start(arguments, flags) ; \
  mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, int) : 0 ; \
  va_end(arguments) ; \
  if (fails(FAULT_OPENAT, EMFILE)) return -1 ; \
  return syscall(SYS_openat, dir, path, flags, mode) ; \
}

#define WRAP_FCNTL(name) \
int name (int fd, int command, ...) \
{ \
  va_list arguments ; \
  void *argument ; \
  va_start(arguments, command) ; \
  argument = va_arg(arguments, void *) ; \
  va_end(arguments) ; \
  if (fails(FAULT_FCNTL, EMFILE)) return -1 ; \
  return syscall(SYS_fcntl, fd, command, argument) ; \
}

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPEN(__open_2)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)

int clock_gettime (clockid_t clock, struct timespec *ts)
{
  static int (*real) (clockid_t, struct timespec *) = 0 ;
  int r ;
  if (!real) next(&real, "clock_gettime") ;
  if (fails(FAULT_CLOCK_GETTIME, EINVAL)) return -1 ;
  r = (*real)(clock, ts) ;
  if (!r && faults && clock == CLOCK_REALTIME) ts->tv_sec += faults->step ;
  return r ;
}
