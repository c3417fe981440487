/* ISC license. */

/* Who lives, as /proc has it: also one whose first thread has ended, and not one who waits to
   be reaped. */

#define _GNU_SOURCE

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "libdaemon/procfd.h"
#include "libsupervise/procstat.h"
#include "libsupervise/wholefile.h"
#include "support/tap.h"

enum { STACK = 65536, LOOKS = 6000, LOOK_MS = 10, STAT_MAX = 512 } ;

static int stay (void *data)
{
  (void)data ;
  for (;;) pause() ;
  return 0 ;
}

 /* Its first thread ends, and another one lives on. */

static pid_t start_two (void)
{
  static char stack[STACK] __attribute__((aligned(64))) ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  if (clone(&stay, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, 0) == -1) _exit(1) ;
  syscall(SYS_exit, 0) ;
  _exit(1) ;
}

static int is_zombie (pid_t pid)
{
  char path[sizeof("/proc//stat") + 3 * sizeof(pid_t)] ;
  char s[STAT_MAX + 1] ;
  ssize_t r ;
  snprintf(path, sizeof(path), "/proc/%u/stat", (unsigned int)pid) ;
  r = wholefile_read(path, s, STAT_MAX, 0) ;
  if (r < 0) tap_bail("stat of a child") ;
  s[r] = 0 ;
  return !!strstr(s, ") Z ") ;
}

int main (void)
{
  struct procstat before, p ;
  siginfo_t info ;
  unsigned int looks = 0 ;
  pid_t pid ;
  int fd ;
  if (access(PROCSTAT_ME, R_OK) == -1) tap_skip_all("there is no /proc") ;
  pid = start_two() ;
  tap_int(procstat_readpid(&before, (unsigned long)pid), 1, "a process") ;
  while (!is_zombie(pid) && looks++ < LOOKS) poll(0, 0, LOOK_MS) ;
  tap_int(procstat_readpid(&p, (unsigned long)pid), 1, "whose first thread has ended: it lives") ;
  tap_string(p.start, before.start, "and is the same") ;
  fd = procfd_open(pid) ;
  if (fd >= 0) tap_int(procfd_hasended(fd), 0, "as its descriptor tells") ;
  if (kill(pid, SIGKILL) == -1 || waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == -1) tap_bail("kill") ;
  tap_int(info.si_status, SIGKILL, "until it is killed") ;
  tap_ok(is_zombie(pid) && !procstat_readpid(&p, (unsigned long)pid) && errno == ESRCH, "before it is reaped, it is dead") ;
  if (waitpid(pid, 0, 0) != pid) tap_bail("wait") ;
  tap_ok(!procstat_readpid(&p, (unsigned long)pid) && errno == ESRCH, "after that, too") ;
  return tap_done() ;
}
