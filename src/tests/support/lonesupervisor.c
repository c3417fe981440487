/* ISC license. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "libsupervise/svcontrol.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/tally.h"

#include "lonesupervisor.h"
#include "tap.h"
#include "testdaemon.h"

#define FIFO "event/ftrig1:@4000000000000000000000aa:tester"

static char const run[] =
  "#!/bin/sh\n"
  "echo $$ >> lives\n"
  "trap '' TERM\n"
  "read -r x < go\n"
  "echo >&5\n"
  "exec sleep 1000\n" ;

static char const finish[] =
  "#!/bin/sh\n"
  "echo \"$*\" >> finished\n" ;

static void make_file (char const *dir, char const *name, char const *text, mode_t mode)
{
  char path[2 * LONESUPERVISOR_PATH] ;
  int fd ;
  snprintf(path, sizeof(path), "%s/%s", dir, name) ;
  fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) ;
  if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) tap_bail(path) ;
  close(fd) ;
}

static int make_fifo (char const *dir, char const *name)
{
  char path[2 * LONESUPERVISOR_PATH] ;
  int fd ;
  snprintf(path, sizeof(path), "%s/%s", dir, name) ;
  if (mkfifo(path, 0600) == -1) tap_bail(path) ;
  fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) ;
  if (fd == -1) tap_bail(path) ;
  return fd ;
}

void lonesupervisor_make (struct lonesupervisor *s, char const *dir, int isheld)
{
  char path[2 * LONESUPERVISOR_PATH] ;
  memset(s, 0, sizeof(*s)) ;
  snprintf(s->dir, sizeof(s->dir), "%s", dir) ;
  snprintf(path, sizeof(path), "%s/event", dir) ;
  if (mkdir(dir, 0755) == -1 || mkdir(path, 0700) == -1 || chmod(path, 03730) == -1) tap_bail(path) ;
  make_file(dir, "run", run, 0755) ;
  make_file(dir, "finish", finish, 0755) ;
  make_file(dir, "notification-fd", "5\n", 0644) ;
  make_file(dir, "down-signal", "INT\n", 0644) ;
  make_file(dir, "timeout-kill", "100000\n", 0644) ;
  make_file(dir, "lives", "", 0644) ;
  make_file(dir, "finished", "", 0644) ;
  s->events = make_fifo(dir, FIFO) ;
  s->go = -1 ;
  if (isheld) s->go = make_fifo(dir, "go") ;
  else make_file(dir, "go", "\n", 0644) ;
}

void lonesupervisor_go (struct lonesupervisor *s)
{
  if (write(s->go, "\n", 1) != 1) tap_bail("go") ;
}

void lonesupervisor_start (struct lonesupervisor *s, unsigned int at, int number, unsigned int ms)
{
  char program[4096] ;
  char const *const argv[] = { program, s->dir, 0 } ;
  char path[2 * LONESUPERVISOR_PATH] ;
  testdaemon_program(program, sizeof(program), "s6-supervise") ;
  snprintf(path, sizeof(path), "%s/err", s->dir) ;
  s->breaker = breaker_begin(s->breaker, argv, path, at, number, ms) ;
  s->pid = s->breaker->pid ;
}

int lonesupervisor_runs (struct lonesupervisor *s)
{
  if (s->pid && waitpid(s->pid, &s->code, WNOHANG) == s->pid) s->pid = 0 ;
  return !!s->pid ;
}

void lonesupervisor_order (struct lonesupervisor const *s, char const *letters)
{
  char path[2 * LONESUPERVISOR_PATH] ;
  snprintf(path, sizeof(path), "%s/supervise/control", s->dir) ;
  svcontrol_send(path, letters, strlen(letters)) ;
}

static unsigned int count_lines (char const *dir, char const *name, unsigned int *alive, pid_t *last, int isending)
{
  char path[2 * LONESUPERVISOR_PATH] ;
  char line[64] ;
  unsigned int n = 0 ;
  FILE *f ;
  snprintf(path, sizeof(path), "%s/%s", dir, name) ;
  f = fopen(path, "re") ;
  if (!f) tap_bail(path) ;
  for (; fgets(line, sizeof(line), f) ; n++)
  {
    if (!alive) continue ;
    *last = atoi(line) ;
    if (*last > 1 && kill(*last, isending ? SIGKILL : 0) == 0) (*alive)++ ;
  }
  fclose(f) ;
  return n ;
}

void lonesupervisor_look (struct lonesupervisor *s, struct lonesupervisor_state *is)
{
  struct svstatus status ;
  memset(is, 0, sizeof(*is)) ;
  is->flags = 255 ;
  if (svstatus_read(s->dir, &status))
  {
    is->pid = status.pid ;
    is->flags = status.flags ;
  }
  is->begun = count_lines(s->dir, "lives", &is->copies, &is->last, 0) ;
  is->finished = count_lines(s->dir, "finished", 0, 0, 0) ;
  is->deaths = (int)tally_count(s->dir) ;
}

int lonesupervisor_hears (struct lonesupervisor *s, char const *letters)
{
  ssize_t r = read(s->events, s->heard + s->heardlen, sizeof(s->heard) - 1 - s->heardlen) ;
  if (r > 0) s->heardlen += (size_t)r ;
  s->heard[s->heardlen] = 0 ;
  if (s->breaker->number == EAGAIN && s->breaker->kind == SYS_write) return 1 ;  /* a fifo that is full: he hears nothing */
  return !!strstr(s->heard, letters) ;
}

static int remove_one (char const *path, struct stat const *st, int type, struct FTW *where)
{
  (void)st ;
  (void)type ;
  (void)where ;
  return remove(path) ;
}

void lonesupervisor_end (struct lonesupervisor *s)
{
  unsigned int alive = 0 ;
  pid_t last ;
  if (lonesupervisor_runs(s))
  {
    kill(s->pid, SIGKILL) ;
    waitpid(s->pid, 0, 0) ;
  }
  count_lines(s->dir, "lives", &alive, &last, 1) ;
  if (s->breaker) breaker_free(s->breaker) ;
  if (s->go >= 0) close(s->go) ;
  close(s->events) ;
  nftw(s->dir, &remove_one, 16, FTW_DEPTH | FTW_PHYS) ;
}
