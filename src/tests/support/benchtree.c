/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "bench.h"
#include "benchtree.h"
#include "procstatus.h"
#include "rules.h"
#include "tap.h"

extern char **environ ;

enum { PATIENCE_MS = 60000, PATH_SIZE = 4200, DESCRIPTORS = 1024, USAGE = 100 } ;

 /* The programs of a package that tools/fetch-peer unpacked call each other below .peerbin. */

static void link_programs (struct benchtree const *t, char const *where)
{
  char path[64] ;
  snprintf(path, sizeof(path), "%s%s/.peerbin", t->dir, where) ;
  if (symlink(t->programs, path) == -1) tap_bail(path) ;
}

static void add_service (struct benchtree const *t, unsigned int i, int isready, char const *program)
{
  char path[64] ;
  int len = snprintf(path, sizeof(path), "%s/scan/s%u", t->dir, i) ;
  if (mkdir(path, 0755) == -1) tap_bail(path) ;
  strcpy(path + len, "/run") ;
  if (symlink(program, path) == -1) tap_bail(path) ;
  strcpy(path + len, "/notification-fd") ;
  if (isready) rules_file(path, "3\n", 2) ;
}

void benchtree_fill (struct benchtree *t, unsigned int count, unsigned int ready, char const *program)
{
  char path[64] ;
  snprintf(path, sizeof(path), "%s/scan", t->dir) ;
  rm_rf(path) ;
  if (mkdir(path, 0755) == -1) tap_bail(path) ;
  link_programs(t, "/scan") ;
  for (unsigned int i = 0 ; i < count ; i++) add_service(t, i, i < ready, program) ;
  t->count = count ;
}

static void become (struct benchtree const *t, char const *const *argv, unsigned int descriptors, int gate)
{
  char path[PATH_SIZE] ;
  char variable[2 * PATH_SIZE] ;
  char c ;
  struct rlimit limit ;
  prctl(PR_SET_PDEATHSIG, SIGTERM) ;
  if (chdir(t->dir) == -1) _exit(126) ;
  if (descriptors && !getrlimit(RLIMIT_NOFILE, &limit))
  {
    limit.rlim_cur = descriptors ;
    setrlimit(RLIMIT_NOFILE, &limit) ;
    (void)!freopen("/dev/null", "w", stderr) ;  /* its status is what is asked for */
  }
  environ = t->environment ;
  snprintf(variable, sizeof(variable), "%s:%s", t->programs, getenv("PATH")) ;
  setenv("PATH", variable, 1) ;
  snprintf(path, sizeof(path), "%s/%s", t->programs, argv[0]) ;
  if (gate >= 0 && read(gate, &c, 1) != 1) _exit(126) ;
  execv(path, (char *const *)argv) ;
  _exit(127) ;
}

pid_t benchtree_spawn (struct benchtree const *t, char const *const *argv, unsigned int descriptors, int gate)
{
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) become(t, argv, descriptors, gate) ;
  return pid ;
}

int benchtree_run (struct benchtree const *t, char const *const *argv, unsigned int descriptors)
{
  int status ;
  pid_t pid = benchtree_spawn(t, argv, descriptors, -1) ;
  if (waitpid(pid, &status, 0) != pid) tap_bail("waitpid") ;
  return status ;
}

 /* 2.11 has -c for it. There is no such directory: what it says of that is of no interest. */

static int takes_option (struct benchtree const *t)
{
  char const *const argv[] = { "s6-svscan", t->option, "1010", "none", 0 } ;
  int status = benchtree_run(t, argv, DESCRIPTORS) ;
  return !WIFEXITED(status) || WEXITSTATUS(status) != USAGE ;
}

void benchtree_init (struct benchtree *t, char const *dir, char const *variable, char const *programs)
{
  static char const *const needed[] = { "s6-svscan", "s6-supervise", "s6-svc", "s6-svwait", "s6-svlisten1" } ;
  char path[PATH_SIZE] ;
  t->variable = variable ;
  t->programs = programs ;
  t->environment = bench_environment(programs) ;
  t->pid = 0 ;
  t->option = "-C" ;
  for (unsigned int i = 0 ; i < sizeof(needed) / sizeof(needed[0]) ; i++)
  {
    snprintf(path, sizeof(path), "%s/%s", programs, needed[i]) ;
    if (access(path, X_OK) == -1) bench_cannot_run(variable, programs, needed[i], 0) ;
  }
  snprintf(t->dir, sizeof(t->dir), "%s", dir) ;
  if (mkdir(t->dir, 0755) == -1) tap_bail(t->dir) ;
  link_programs(t, "") ;
  snprintf(path, sizeof(path), "%s/" BENCHTREE_FIFO, t->dir) ;
  t->fifo = mkfifo(path, 0600) == -1 ? -1 : open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) ;
  if (t->fifo < 0) tap_bail(path) ;
  if (!takes_option(t)) t->option = "-c" ;
}

void benchtree_start (struct benchtree *t, int gate)
{
  char const *const argv[] = { "s6-svscan", t->option, "1010", "scan", 0 } ;
  t->pid = benchtree_spawn(t, argv, 0, gate) ;
}

 /* Why it may not come: s6-svscan has ended, or its supervisors do nothing. */

static void wait_for_byte (struct benchtree *t, uint64_t deadline)
{
  struct pollfd x = { .fd = t->fifo, .events = POLLIN } ;
  int status ;
  if (poll(&x, 1, 100) > 0) return ;
  if (waitpid(t->pid, &status, WNOHANG) == t->pid)
  {
    t->pid = 0 ;
    bench_cannot_run(t->variable, t->programs, "s6-svscan", status) ;
  }
  if (bench_now() < deadline) return ;
  fprintf(stderr, "%s: fatal: %s names %s, whose s6-svscan runs, but does not bring its services up\n", PROG, t->variable, t->programs) ;
  exit(111) ;
}

void benchtree_await (struct benchtree *t, unsigned int n)
{
  uint64_t deadline = bench_now() + (uint64_t)PATIENCE_MS * 1000000 ;
  while (n)
  {
    struct benchtree_up up[64] ;
    ssize_t r = read(t->fifo, up, (n < 64 ? n : 64) * sizeof(up[0])) ;
    if (r <= 0)
    {
      wait_for_byte(t, deadline) ;
      continue ;
    }
    for (unsigned int i = 0 ; i < r / sizeof(up[0]) ; i++, n--)
      if (up[i].number < t->count) t->services[up[i].number] = up[i].pid ;
  }
}

double benchtree_stop (struct benchtree *t)
{
  struct rusage usage ;
  if (!t->pid) return -1 ;
  kill(t->pid, SIGTERM) ;
  if (wait4(t->pid, 0, 0, &usage) != t->pid) tap_bail("wait4") ;
  t->pid = 0 ;
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6 ;
}

pid_t benchtree_supervisor (struct benchtree const *t, unsigned int i)
{
  return (pid_t)procstatus(t->services[i], "PPid") ;
}

static double pss (pid_t pid)
{
  char line[256] ;
  double value = -1 ;
  FILE *f ;
  snprintf(line, sizeof(line), "/proc/%d/smaps_rollup", (int)pid) ;
  f = fopen(line, "r") ;
  if (!f) return -1 ;
  while (value < 0 && fgets(line, sizeof(line), f)) if (!strncmp(line, "Pss:", 4)) value = atof(line + 4) ;
  fclose(f) ;
  return value ;
}

double benchtree_pss (struct benchtree const *t, unsigned int n)
{
  double sum = 0 ;
  for (unsigned int i = 0 ; i < n ; i++) sum += pss(benchtree_supervisor(t, i)) ;
  return sum / n ;
}

long benchtree_switches (struct benchtree const *t)
{
  long n = procstatus(t->pid, "voluntary_ctxt_switches") ;
  for (unsigned int i = 0 ; i < t->count ; i++) n += procstatus(benchtree_supervisor(t, i), "voluntary_ctxt_switches") ;
  return n ;
}
