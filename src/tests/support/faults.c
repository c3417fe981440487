/* ISC license. */

#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>

#include "faults.h"
#include "tap.h"

char const *const fault_names[FAULT_COUNT] =
{
  "nothing", "malloc", "realloc", "calloc", "accept4", "recvmsg", "sendmsg", "open", "openat",
  "read", "pipe2", "fcntl", "mmap", "regcomp", "clock_gettime", "poll", "write", "writev", "getsockopt",
  "faccessat", "signalfd", "setrlimit", "memfd_create", "execv",
  "socketpair", "fork", "clone", "send", "recv", "epoll_ctl", "epoll_wait", "pidfd"
} ;

struct faults *faults_new (char const *path)
{
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) ;
  struct faults *f ;
  if (fd == -1 || ftruncate(fd, sizeof(struct faults)) == -1) tap_bail(path) ;
  f = mmap(0, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ;
  if (f == MAP_FAILED) tap_bail("mmap") ;
  close(fd) ;
  return f ;
}

void faults_arm (struct faults *f, enum fault_function function, unsigned int from, unsigned int to, int number)
{
  f->calls = f->failed = 0 ;
  f->from = from ;
  f->to = to ;
  f->number = number ;
  f->function = function ;
}

void faults_aim (struct faults *f, int pid)
{
  f->pid = pid ;
}

void faults_disarm (struct faults *f)
{
  f->function = FAULT_NONE ;
}
