/* ISC license. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "breaker.h"
#include "procstatus.h"
#include "tap.h"

enum { EXECUTED_MAX = 4096, SPIN_NS = 100000 } ;

struct warden
{
  struct breaker *b ;
  int fd ;
  pid_t executed[EXECUTED_MAX] ;  /* a ring */
  unsigned int n ;
  uint64_t until ;
} ;

static uint64_t now_ms (void)
{
  struct timespec ts ;
  clock_gettime(CLOCK_MONOTONIC, &ts) ;
  return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000 ;
}

 /* In the program. Not asked for is what fails for wrong arguments only, or never, and
    close(2), which does what it is to do even when it fails. */

static int install (void)
{
  static long const harmless[] =
  {
    SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall, SYS_close,
    SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_kill, SYS_setsid, SYS_getpid, SYS_getegid, SYS_clock_gettime
 /* the same, where numbers of users or times had become too small */
#ifdef SYS_getegid32
    , SYS_getegid32
#endif
#ifdef SYS_clock_gettime64
    , SYS_clock_gettime64
#endif
  } ;
  enum { HARMLESS = sizeof(harmless) / sizeof(harmless[0]) } ;
  struct sock_filter filter[HARMLESS + 3] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)) } ;
  struct sock_fprog program = { .len = HARMLESS + 3, .filter = filter } ;
  for (unsigned int i = 0 ; i < HARMLESS ; i++)
    filter[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)harmless[i], HARMLESS - i, 0) ;
  filter[HARMLESS + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF) ;
  filter[HARMLESS + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) ;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) ;
}

static int has_executed (struct warden const *w, pid_t pid)
{
  for (unsigned int i = 0 ; i < EXECUTED_MAX && i < w->n ; i++) if (w->executed[i] == pid) return 1 ;
  return 0 ;
}

 /* The program, or a child of it that is to become another program. */

static int is_counted (struct warden *w, struct seccomp_notif const *call)
{
  pid_t pid = (pid_t)call->pid ;
  if (pid == w->b->pid)
  {
    if (w->b->isexecuted) return 1 ;
    w->b->isexecuted = call->data.nr == SYS_execve ;
    return 0 ;
  }
  return !has_executed(w, pid) && procstatus(pid, "PPid") == w->b->pid ;
}

static int fails (struct warden *w, struct seccomp_notif const *call)
{
  struct breaker *b = w->b ;
  if (!is_counted(w, call) || !b->isarmed) return 0 ;
  b->calls++ ;
  if (b->calls == b->at)
  {
    b->kind = call->data.nr ;
    w->until = now_ms() + b->ms ;
  }
  else if (b->calls < b->at || call->data.nr != b->kind || now_ms() >= w->until) return 0 ;
  b->failed++ ;
  return b->number ;
}

static void answer (struct warden *w, struct seccomp_notif const *call)
{
  struct seccomp_notif_resp response = { .id = call->id } ;
  response.error = -fails(w, call) ;
  if (!response.error)
  {
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE ;
    if (call->data.nr == SYS_execve && (pid_t)call->pid != w->b->pid && !has_executed(w, (pid_t)call->pid))
      w->executed[w->n++ % EXECUTED_MAX] = (pid_t)call->pid ;
  }
  ioctl(w->fd, SECCOMP_IOCTL_NOTIF_SEND, &response) ;  /* who was killed does not hear it */
}

static void guard (struct breaker *b, int fd)
{
  static struct warden w ;
  w.b = b ;
  w.fd = fd ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  for (;;)
  {
    struct pollfd x = { .fd = fd, .events = POLLIN } ;
    struct seccomp_notif call ;
    if (poll(&x, 1, -1) == -1 && errno != EINTR) _exit(1) ;
    if (x.revents & POLLHUP) _exit(0) ;
    if (!(x.revents & POLLIN)) continue ;
    memset(&call, 0, sizeof(call)) ;
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0) answer(&w, &call) ;
  }
}

static struct breaker *new (void)
{
  struct breaker *b = mmap(0, sizeof(struct breaker), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (b == MAP_FAILED) tap_bail("mmap") ;
  b->listener = -1 ;
  return b ;
}

 /* The program's next call waits until there is a warden. */

static int take_listener (struct breaker *b)
{
  struct timespec const spin = { .tv_nsec = SPIN_NS } ;
  int pidfd, fd ;
  while (b->listener == -1) nanosleep(&spin, 0) ;
  if (b->listener < 0) tap_bail("seccomp") ;
  pidfd = (int)syscall(SYS_pidfd_open, b->pid, 0) ;
  fd = (int)syscall(SYS_pidfd_getfd, pidfd, b->listener, 0) ;
  if (fd == -1) tap_bail("pidfd_getfd") ;
  close(pidfd) ;
  return fd ;
}

static void start (struct breaker *b, char const *const *argv, int err)
{
  int fd ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    int r ;
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    if (dup2(err, 2) == -1) _exit(126) ;
    setpgid(0, 0) ;
    r = install() ;
    b->listener = r < 0 ? -2 : r ;
    execv(argv[0], (char *const *)argv) ;
    _exit(127) ;
  }
  b->pid = pid ;
  fd = take_listener(b) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) guard(b, fd) ;
  b->warden = pid ;
  close(fd) ;
}

struct breaker *breaker_begin (struct breaker *old, char const *const *argv, char const *path, unsigned int at, int number, unsigned int ms)
{
  struct breaker *b ;
  int err = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) ;
  if (err < 0) tap_bail(path) ;
  if (old) breaker_free(old) ;
  b = new() ;
  if (at) breaker_arm(b, at, number, ms) ;
  start(b, argv, err) ;
  close(err) ;
  return b ;
}

void breaker_arm (struct breaker *b, unsigned int at, int number, unsigned int ms)
{
  b->calls = b->failed = 0 ;
  b->kind = -1 ;
  b->at = at ;
  b->number = number ;
  b->ms = ms ;
  b->isarmed = 1 ;
}

void breaker_disarm (struct breaker *b)
{
  b->isarmed = 0 ;
}

void breaker_free (struct breaker *b)
{
  if (b->warden)
  {
    kill(b->warden, SIGKILL) ;
    waitpid(b->warden, 0, 0) ;
  }
  munmap(b, sizeof(struct breaker)) ;
}

int breaker_works (void)
{
  int status ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) _exit(install() < 0) ;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status) ;
}
