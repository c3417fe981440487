/* ISC license. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lockedpipe.h"
#include "tap.h"
#include "testdaemon.h"

static pid_t writer ;

 /* Writes a page that nobody gives it, and has the lock of the pipe, or of the socket, meanwhile. */

static void hold_lock (int to)
{
  int fault = (int)syscall(SYS_userfaultfd, O_CLOEXEC) ;
  struct uffdio_api api = { .api = UFFD_API } ;
  void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ;
  struct uffdio_register range = { .range = { .start = (unsigned long)page, .len = 4096 }, .mode = UFFDIO_REGISTER_MODE_MISSING } ;
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ;
  if (fault < 0 || page == MAP_FAILED || ioctl(fault, UFFDIO_API, &api) == -1 || ioctl(fault, UFFDIO_REGISTER, &range) == -1) _exit(1) ;
  if (write(to, page, 1) == -1) _exit(1) ;
  _exit(0) ;
}

int lockedpipe_hold (int to)
{
  writer = fork() ;
  if (writer == -1) tap_bail("fork") ;
  if (!writer)
  {
    for (int fd = 3 ; fd < 1024 ; fd++) if (fd != to) close(fd) ;  /* nobody waits for an end of the test's */
    hold_lock(to) ;
  }
  close(to) ;
  test_sleep(200) ;
  return waitpid(writer, 0, WNOHANG) == 0 ;
}

int lockedpipe_begin (int *readers, unsigned int n)
{
  char path[64] ;
  int p[2] ;
  if (pipe2(p, O_CLOEXEC) == -1) tap_bail("pipe") ;
  readers[0] = p[0] ;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]) ;
  for (unsigned int i = 1 ; i < n ; i++)
  {
    readers[i] = open(path, O_RDONLY | O_CLOEXEC) ;
    if (readers[i] == -1) tap_bail("open a pipe again") ;
  }
  return lockedpipe_hold(p[1]) ;
}

void lockedpipe_end (void)
{
  kill(writer, SIGKILL) ;
  waitpid(writer, 0, 0) ;
}
