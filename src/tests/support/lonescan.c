/* ISC license. */

#define _GNU_SOURCE

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "libsupervise/svcontrol.h"

#include "lonescan.h"
#include "tap.h"
#include "testdaemon.h"

#define PROGRAM "s6-supervise"
#define FAKES "fakes"

enum { LINE_SIZE = 16, LINES_MAX = 64 } ;

static char const *const parts[LONESCAN_PARTS] = { "a", "b", "b/log", "c" } ;

 /* The program. A logger that is told to end by HUP does so at the end of what it reads. */

static int volatile isleaving = 0 ;
static int volatile isover = 0 ;

static void leave (int sig)
{
  (void)sig ;
  isleaving = 1 ;
  if (isover) _exit(0) ;
}

static void append (char const *file, char const *s, size_t len)
{
  int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) ;
  if (fd < 0 || write(fd, s, len) != (ssize_t)len) _exit(111) ;
  close(fd) ;
}

static void log_lines (void)
{
  struct sigaction const action = { .sa_handler = &leave, .sa_flags = SA_RESTART } ;
  char line[LINE_SIZE] ;
  ssize_t r ;
  sigaction(SIGHUP, &action, 0) ;
  while ((r = read(0, line, sizeof(line))) > 0) append("lines", line, (size_t)r) ;
  isover = 1 ;
  if (isleaving) _exit(0) ;
}

void lonescan_program (int argc, char const *const *argv)
{
  char line[LINE_SIZE] ;
  char const *name = strrchr(argv[0], '/') ;
  int len ;
  if (strcmp(name ? name + 1 : argv[0], PROGRAM) || argc < 2) return ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  if (chdir(argv[1]) == -1) _exit(111) ;
  len = snprintf(line, sizeof(line), "%d\n", (int)getpid()) ;
  if (access("log", F_OK) == 0 && write(1, line, (size_t)len) != len) _exit(111) ;
  append("lives", line, (size_t)len) ;
  if (strstr(argv[1], "/log")) log_lines() ;
  for (;;) pause() ;
}

 /* The directory */

static void path_of (struct lonescan const *s, char const *name, char *path)
{
  snprintf(path, LONESCAN_PATH, "%s/%s", s->dir, name) ;
}

static void make_dir (char const *path)
{
  if (mkdir(path, 0755) == -1) tap_bail(path) ;
}

 /* Once for all workers: the directory of the program that is to be found first. */

static void make_fake (void)
{
  char me[4096], here[2048], path[4096] ;
  ssize_t r = readlink("/proc/self/exe", me, sizeof(me) - 1) ;
  if (r < 0 || !getcwd(here, sizeof(here))) tap_bail("getcwd") ;
  me[r] = 0 ;
  snprintf(path, sizeof(path), "%s/" FAKES ":/usr/bin:/bin", here) ;
  setenv("PATH", path, 1) ;
  if (access(FAKES, F_OK) == 0) return ;
  make_dir(FAKES) ;
  if (symlink(me, FAKES "/" PROGRAM) == -1) tap_bail(FAKES) ;
}

void lonescan_make (struct lonescan *s, char const *dir)
{
  char path[LONESCAN_PATH] ;
  memset(s, 0, sizeof(*s)) ;
  snprintf(s->dir, sizeof(s->dir), "%s", dir) ;
  make_fake() ;
  make_dir(dir) ;
  path_of(s, "d", path) ;
  make_dir(path) ;
  for (unsigned int i = 0 ; i < LONESCAN_PARTS ; i++)
  {
    path_of(s, parts[i], path) ;
    make_dir(path) ;
  }
}

void lonescan_put (struct lonescan const *s, char const *service, int isthere)
{
  char path[LONESCAN_PATH] ;
  char target[LONESCAN_PATH] ;
  snprintf(path, sizeof(path), "%s/d/%s", s->dir, service) ;
  snprintf(target, sizeof(target), "../%s", service) ;
  if ((isthere ? symlink(target, path) : unlink(path)) == -1) tap_bail(path) ;
}

void lonescan_start (struct lonescan *s, unsigned int at, int number, unsigned int ms)
{
  char program[4096] ;
  char path[LONESCAN_PATH], err[LONESCAN_PATH] ;
  char const *const argv[] = { program, path, 0 } ;
  testdaemon_program(program, sizeof(program), "s6-svscan") ;
  path_of(s, "err", err) ;
  path_of(s, "d", path) ;
  s->breaker = breaker_begin(s->breaker, argv, err, at, number, ms) ;
  s->pid = s->breaker->pid ;
}

int lonescan_runs (struct lonescan *s)
{
  if (s->pid && waitpid(s->pid, &s->code, WNOHANG) == s->pid) s->pid = 0 ;
  return !!s->pid ;
}

int lonescan_order (struct lonescan const *s, char const *letters)
{
  char path[LONESCAN_PATH] ;
  path_of(s, "d/.s6-svscan/control", path) ;
  return svcontrol_send(path, letters, strlen(letters)) ;
}

 /* What is in it */

static unsigned int read_pids (struct lonescan const *s, char const *file, pid_t *pids)
{
  char path[LONESCAN_PATH] ;
  char line[LINE_SIZE] ;
  unsigned int n = 0 ;
  FILE *f ;
  path_of(s, file, path) ;
  f = fopen(path, "re") ;
  if (!f) return 0 ;
  while (n < LINES_MAX && fgets(line, sizeof(line), f)) pids[n++] = atoi(line) ;
  fclose(f) ;
  return n ;
}

void lonescan_look (struct lonescan const *s, enum lonescan_part part, struct lonescan_state *is)
{
  char file[LINE_SIZE] ;
  pid_t pids[LINES_MAX] ;
  memset(is, 0, sizeof(*is)) ;
  snprintf(file, sizeof(file), "%s/lives", parts[part]) ;
  is->begun = read_pids(s, file, pids) ;
  for (unsigned int i = 0 ; i < is->begun ; i++) is->copies += kill(pids[i], 0) == 0 ;
  if (is->begun) is->last = pids[is->begun - 1] ;
}

unsigned int lonescan_unread (struct lonescan const *s)
{
  pid_t lives[LINES_MAX], lines[LINES_MAX] ;
  unsigned int n = read_pids(s, "b/lives", lives) ;
  unsigned int m = read_pids(s, "b/log/lines", lines) ;
  unsigned int unread = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    unsigned int j = 0 ;
    while (j < m && lines[j] != lives[i]) j++ ;
    unread += j == m ;
  }
  return unread ;
}

unsigned int lonescan_pipes (struct lonescan const *s)
{
  char path[LONESCAN_PATH] ;
  struct dirent *d ;
  unsigned int n = 0 ;
  DIR *dir ;
  path_of(s, "d/.s6-svscan", path) ;
  dir = opendir(path) ;
  if (!dir) return 0 ;
  while ((d = readdir(dir))) n += !strncmp(d->d_name, "pipe:", 5) ;
  closedir(dir) ;
  return n ;
}

static int remove_one (char const *path, struct stat const *st, int type, struct FTW *where)
{
  (void)st ;
  (void)type ;
  (void)where ;
  return remove(path) ;
}

void lonescan_end (struct lonescan *s)
{
  if (lonescan_runs(s))
  {
    kill(s->pid, SIGKILL) ;  /* and so are its children */
    waitpid(s->pid, 0, 0) ;
  }
  if (s->breaker) breaker_free(s->breaker) ;
  nftw(s->dir, &remove_one, 16, FTW_DEPTH | FTW_PHYS) ;
}
