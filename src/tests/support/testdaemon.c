/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "tap.h"
#include "probed.h"
#include "testdaemon.h"
#include "users.h"

enum { ARGUMENTS_MAX = 64, BACKLOG = 128, STOP_MILLISECONDS = 20000, FINDINGS_MAX = 60 } ;

static char workdir[4096] ;
static pid_t workdir_owner ;

static int remove_one (char const *path, struct stat const *st, int type, struct FTW *ftw)
{
  (void)st ;
  (void)type ;
  (void)ftw ;
  return remove(path), 0 ;
}

static void remove_workdir (void)
{
  if (getpid() == workdir_owner) nftw(workdir, &remove_one, 16, FTW_DEPTH | FTW_PHYS) ;
}

void testdaemon_workdir (void)
{
  char name[] = "work.XXXXXX" ;
  if (!mkdtemp(name) || chmod(name, 0755) == -1 || chdir(name) == -1 || !getcwd(workdir, sizeof(workdir))) tap_bail("mkdtemp") ;
  workdir_owner = getpid() ;
  atexit(&remove_workdir) ;
  signal(SIGPIPE, SIG_IGN) ;
}

int testdaemon_isroot (void)
{
  return users_several() ;
}

void testdaemon_need_closers (void)
{
  char const *wrapper = getenv("DAEMON_WRAPPER") ;
#ifndef S6_ACTIVATION_HAS_CLONE_FILES
  tap_skip_all("no process can share descriptors here") ;
#endif
  if (wrapper && *wrapper) tap_skip_all("wrappers know no such processes") ;
}

int testdaemon_isslow (void)
{
  char const *wrapper = getenv("DAEMON_WRAPPER") ;
  char const *sanitized = getenv("SANITIZED") ;
  return (wrapper && *wrapper) || (sanitized && *sanitized) ;
}

int testdaemon_listen (char const *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) ;
  memcpy(address.sun_path, path, strlen(path) + 1) ;
  unlink(path) ;
  if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1
   || chmod(path, 0777) == -1 || listen(fd, BACKLOG) == -1) tap_bail("listen") ;
  return fd ;
}

void testdaemon_program (char *path, size_t room, char const *name)
{
  char const *build = getenv("BUILD") ;
  char self[4096] ;
  ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1) ;
  if (len <= 0) tap_bail("readlink") ;
  self[len] = 0 ;
  *strrchr(self, '/') = 0 ;
  if (build && *build) snprintf(path, room, "%s/%s", build, name) ;
  else snprintf(path, room, "%s/../../../%s", self, name) ;
}

 /* A wrapper of one word is made to fail where it finds something. */

static unsigned int wrap (char const **argv)
{
  static char words[4096] ;
  static char const *const valgrind[] = { "valgrind", "-q", "--error-exitcode=99", "--log-file=wrapper.log" } ;
  char const *wrapper = getenv("DAEMON_WRAPPER") ;
  unsigned int n = 0 ;
  if (!wrapper) return 0 ;
  if (!strcmp(wrapper, "valgrind"))
  {
    memcpy(argv, valgrind, sizeof(valgrind)) ;
    return sizeof(valgrind) / sizeof(*valgrind) ;
  }
  snprintf(words, sizeof(words), "%s", wrapper) ;
  for (char *word = strtok(words, " ") ; word && n < ARGUMENTS_MAX / 2 ; word = strtok(0, " ")) argv[n++] = word ;
  return n ;
}

static void run_child (int listener, int notify, char const *const *options)
{
  static char program[8192] ;
  char const *argv[ARGUMENTS_MAX] ;
  unsigned int n = wrap(argv) ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  argv[n++] = program ;
  argv[n++] = "-1" ;
  argv[n++] = "-i" ;
  argv[n++] = "rules" ;
  for (; options && *options && n < ARGUMENTS_MAX - 1 ; options++) argv[n++] = *options ;
  argv[n] = 0 ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  signal(SIGPIPE, SIG_DFL) ;
  if (dup2(listener, 0) == -1 || dup2(notify, 1) == -1) _exit(126) ;
  execvp(argv[0], (char **)argv) ;
  _exit(127) ;
}

void testdaemon_start_on (struct testdaemon *d, int listener, char const *path, char const *const *options)
{
  char byte ;
  int p[2] ;
  fflush(stdout) ;
  if (pipe2(p, O_CLOEXEC) == -1) tap_bail("pipe2") ;
  d->path = path ;
  d->pid = fork() ;
  if (d->pid == -1) tap_bail("fork") ;
  if (!d->pid) run_child(listener, p[1], options) ;
  close(listener) ;
  close(p[1]) ;
  if (read(p[0], &byte, 1) != 1) tap_bail("s6-fdholderd does not start") ;
  close(p[0]) ;
  d->pidfd = (int)syscall(SYS_pidfd_open, d->pid, 0) ;
}

void testdaemon_start (struct testdaemon *d, char const *path, char const *const *options)
{
  testdaemon_start_on(d, testdaemon_listen(path), path, options) ;
}

void testdaemon_begin (struct testdaemon *d, char const *const *options)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_start(d, "s", options) ;
}

void testdaemon_terminate (struct testdaemon const *d)
{
  kill(d->pid, SIGTERM) ;
}

int testdaemon_stop_within (struct testdaemon *d, unsigned int milliseconds)
{
  double end = test_seconds() + milliseconds / 1000.0 ;
  int status ;
  testdaemon_terminate(d) ;
  while (waitpid(d->pid, &status, WNOHANG) != d->pid)
  {
    if (test_seconds() > end)
    {
      kill(d->pid, SIGKILL) ;
      waitpid(d->pid, &status, 0) ;
      status = -1 ;
      break ;
    }
    test_sleep(1) ;
  }
  if (d->pidfd >= 0) close(d->pidfd) ;
  d->pidfd = -1 ;
  return status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : 255 ;
}

int testdaemon_stop (struct testdaemon *d)
{
  return testdaemon_stop_within(d, STOP_MILLISECONDS) ;
}

static void show_findings (void)
{
  char line[512] ;
  FILE *file = fopen("wrapper.log", "r") ;
  if (!file) return ;
  for (unsigned int i = 0 ; i < FINDINGS_MAX && fgets(line, sizeof(line), file) ; i++)
  {
    line[strcspn(line, "\n")] = 0 ;
    tap_diag("%s", line) ;
  }
  fclose(file) ;
}

void testdaemon_finish (struct testdaemon *d)
{
  int code = testdaemon_stop(d) ;
  if (tap_ok(!code, "the daemon ends properly")) return ;
  tap_diag("exit code: %d", code) ;
  show_findings() ;
}

void test_sleep (unsigned int milliseconds)
{
  struct timespec pause = { .tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L } ;
  while (nanosleep(&pause, &pause) == -1 && errno == EINTR) ;
}

double test_seconds (void)
{
  struct timespec ts ;
  clock_gettime(CLOCK_MONOTONIC, &ts) ;
  return ts.tv_sec + ts.tv_nsec / 1e9 ;
}

long test_since (double seconds)
{
  double took = (test_seconds() - seconds) * 1000 ;
  long whole = (long)took ;
  return whole + (whole < took) ;
}

unsigned int test_patience (void)
{
  char const *s = getenv("PATIENCE") ;
  unsigned long n = s ? strtoul(s, 0, 10) : 1 ;
  return n && n <= 100 ? (unsigned int)n : 1 ;
}
