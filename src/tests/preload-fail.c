/* ISC license. */

/* Preloaded into a program, makes one call fail: the FAIL_AT-th call (1 by default) of
   the function FAIL_CALL, with errno FAIL_ERRNO (a number; ENOMEM by default). When it
   happens, the file FAIL_MARK is created: a loop over FAIL_AT ends when it is not.
   FAIL_PROGRAM, if it is set, is the only program (argv[0]'s last part) that it happens to. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

 /* both names are here: what is linked may have been compiled either way */
#undef _FILE_OFFSET_BITS

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "support/preload.h"

static struct
{
  char call[32] ;
  char mark[4096] ;
  unsigned long at ;
  unsigned long count ;
  int error ;
  int isactive ;
} plan ;

static void copy (char *to, char const *from, size_t size)
{
  size_t len = strlen(from) ;
  if (len >= size) len = size - 1 ;
  memcpy(to, from, len) ;
  to[len] = 0 ;
}

__attribute__((constructor)) static void begin (void)
{
  char const *call = getenv("FAIL_CALL") ;
  char const *at = getenv("FAIL_AT") ;
  char const *error = getenv("FAIL_ERRNO") ;
  char const *mark = getenv("FAIL_MARK") ;
  char const *program = getenv("FAIL_PROGRAM") ;
  if (!call || (program && strcmp(program, program_invocation_short_name))) return ;
  copy(plan.call, call, sizeof(plan.call)) ;
  if (mark) copy(plan.mark, mark, sizeof(plan.mark)) ;
  plan.at = at ? strtoul(at, 0, 10) : 1 ;
  plan.error = error ? atoi(error) : ENOMEM ;
  plan.isactive = 1 ;
}

static int fails (char const *call)
{
  long fd ;
  if (!plan.isactive || strcmp(call, plan.call) || ++plan.count != plan.at) return 0 ;
  fd = plan.mark[0] ? syscall(SYS_openat, AT_FDCWD, plan.mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1 ;
  if (fd >= 0) syscall(SYS_close, fd) ;
  errno = plan.error ;
  return 1 ;
}

 /* WRAP(result, failure, name, parameters, arguments) */

#define WRAP(type, failure, name, parameters, arguments) WRAP_AS(name, type, failure, name, parameters, arguments)

 /* WRAP_AS(call, ...): the same, by that name in FAIL_CALL */

#define WRAP_AS(call, type, failure, name, parameters, arguments) \
type name parameters \
{ \
  static type (*real) parameters ; \
  if (fails(#call)) return failure ; \
  if (!real) preload_next(&real, #name) ; \
  return (*real) arguments ; \
}

WRAP(void *, 0, malloc, (size_t n), (n))
WRAP(void *, 0, realloc, (void *p, size_t n), (p, n))
WRAP(int, -1, socket, (int a, int b, int c), (a, b, c))
WRAP(int, -1, connect, (int fd, struct sockaddr const *a, socklen_t n), (fd, a, n))
WRAP(int, -1, accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags))
WRAP(ssize_t, -1, sendmsg, (int fd, struct msghdr const *m, int flags), (fd, m, flags))
WRAP(ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
WRAP(ssize_t, -1, read, (int fd, void *s, size_t n), (fd, s, n))
WRAP(ssize_t, -1, readv, (int fd, struct iovec const *v, int n), (fd, v, n))
WRAP(ssize_t, -1, write, (int fd, void const *s, size_t n), (fd, s, n))
WRAP(int, -1, stat, (char const *path, struct stat *st), (path, st))
WRAP(struct dirent *, 0, readdir, (DIR *dir), (dir))
WRAP(int, -1, epoll_wait, (int fd, struct epoll_event *e, int n, int t), (fd, e, n, t))
WRAP(int, -1, poll, (struct pollfd *p, nfds_t n, int t), (p, n, t))
WRAP(int, -1, ppoll, (struct pollfd *p, nfds_t n, struct timespec const *t, sigset_t const *s), (p, n, t, s))
WRAP(int, -1, mkfifo, (char const *path, mode_t mode), (path, mode))
WRAP(int, -1, pipe2, (int p[2], int flags), (p, flags))
WRAP(int, -1, dup2, (int a, int b), (a, b))
WRAP(int, -1, clock_gettime, (clockid_t c, struct timespec *t), (c, t))
WRAP(int, -1, sigaction, (int n, struct sigaction const *a, struct sigaction *o), (n, a, o))
WRAP(int, -1, getrlimit, (preload_resource r, struct rlimit *l), (r, l))
WRAP(int, -1, setrlimit, (preload_resource r, struct rlimit const *l), (r, l))
WRAP(void *, MAP_FAILED, mmap, (void *p, size_t n, int prot, int flags, int fd, off_t o), (p, n, prot, flags, fd, o))
WRAP(int, REG_ESPACE, regcomp, (regex_t *re, char const *s, int flags), (re, s, flags))

 /* The variadic ones take one argument more, whether it is there or not. */

#define WRAP_VARIADIC(call, name, parameters, last, type, arguments) \
int name parameters \
{ \
  static int (*real) parameters ; \
  va_list list ; \
  type argument ; \
  if (fails(#call)) return -1 ; \
  va_start(list, last) ; \
  argument = va_arg(list, type) ; \
  va_end(list) ; \
  if (!real) preload_next(&real, #name) ; \
  return (*real) arguments ; \
}

WRAP_VARIADIC(fcntl, fcntl, (int fd, int command, ...), command, void *, (fd, command, argument))
WRAP_VARIADIC(open, open, (char const *path, int flags, ...), flags, unsigned int, (path, flags, argument))
WRAP_VARIADIC(openat, openat, (int at, char const *path, int flags, ...), flags, unsigned int, (at, path, flags, argument))
#if PRELOAD_HAS_64
WRAP_AS(stat, int, -1, stat64, (char const *path, struct stat64 *st), (path, st))
WRAP_AS(readdir, struct dirent64 *, 0, readdir64, (DIR *dir), (dir))
WRAP_AS(getrlimit, int, -1, getrlimit64, (preload_resource r, struct rlimit64 *l), (r, l))
WRAP_AS(setrlimit, int, -1, setrlimit64, (preload_resource r, struct rlimit64 const *l), (r, l))
WRAP_AS(mmap, void *, MAP_FAILED, mmap64, (void *p, size_t n, int prot, int flags, int fd, off64_t o), (p, n, prot, flags, fd, o))
WRAP_VARIADIC(open, open64, (char const *path, int flags, ...), flags, unsigned int, (path, flags, argument))
WRAP_VARIADIC(openat, openat64, (int at, char const *path, int flags, ...), flags, unsigned int, (at, path, flags, argument))
WRAP_VARIADIC(fcntl, fcntl64, (int fd, int command, ...), command, void *, (fd, command, argument))
#endif

 /* pidfd_open is asked for by its number. Six words go on, whether they are there or not. */

long syscall (long number, ...)
{
  static long (*real) (long, ...) ;
  long words[6] ;
  va_list list ;
  if (number == SYS_pidfd_open && fails("pidfd_open")) return -1 ;
  va_start(list, number) ;
  for (unsigned int i = 0 ; i < 6 ; i++) words[i] = va_arg(list, long) ;
  va_end(list) ;
  if (!real) preload_next(&real, "syscall") ;
  return (*real)(number, words[0], words[1], words[2], words[3], words[4], words[5]) ;
}
