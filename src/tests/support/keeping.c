/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "keeping.h"
#include "procstatus.h"
#include "tap.h"
#include "testdaemon.h"

enum { WORKERS_MAX = 16, WORDS_MAX = 4096, AWAIT_MS = 10000 } ;

void keeping_begin (struct keeping *k, int fd)
{
  k->fd = fd ;
  k->file = -1 ;
  frame_in_init(&k->in, &frame_fdops_close, 0) ;
  frame_in_allow(&k->in, WIRE_KEEP_MAX, 1) ;
}

void keeping_end (struct keeping *k)
{
  if (k->file >= 0) close(k->file) ;
  frame_in_free(&k->in) ;
  close(k->fd) ;
}

static int is_ready (int fd, unsigned int milliseconds)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, (int)milliseconds) == 1 ;
}

static char const *understand (struct keeping *k, struct frame const *f)
{
  struct wire_keep m ;
  if (!wire_keep_unpack(&m, f->s, f->len)) return "rubbish" ;
  if (wire_keep_nfds(&m) != frame_in_fdcount(&k->in)) return "rubbish" ;
  if (wire_keep_nfds(&m)) k->file = frame_in_takefd(&k->in) ;
  snprintf(k->text, sizeof(k->text), "%c%s%s%s", m.kind, m.id.s ? ":" : "", m.id.s ? m.id.s : "", m.islast ? "" : "+") ;
  k->last = m ;
  k->last.id.s = k->text + 2 ;
  return k->text ;
}

char const *keeping_next (struct keeping *k, unsigned int milliseconds)
{
  struct frame f ;
  char const *text ;
  if (k->file >= 0) close(k->file) ;
  k->file = -1 ;
  for (;;)
  {
    enum frame_get r = frame_in_get(&k->in, &f) ;
    if (r == FRAME_GET_BAD) return "rubbish" ;
    if (r == FRAME_GET_OK) break ;
    if (!is_ready(k->fd, milliseconds)) return "nothing" ;
    switch (frame_in_fill(&k->in, k->fd, k->buffer, frame_in_missing(&k->in)))
    {
      case FRAME_FILL_OK : break ;
      case FRAME_FILL_EOF :
      case FRAME_FILL_ERROR : return "end" ;
      default : return "rubbish" ;
    }
    if (!frame_in_settle(&k->in)) tap_bail("no memory") ;
  }
  text = understand(k, &f) ;
  if (!frame_in_settle(&k->in)) tap_bail("no memory") ;
  return text ;
}

char const *keeping_some (struct keeping *k, unsigned int n)
{
  static char all[4096] ;
  all[0] = 0 ;
  while (n--)
  {
    if (all[0]) strcat(all, " ") ;
    strncat(all, keeping_next(k, AWAIT_MS), sizeof(all) - strlen(all) - 2) ;
  }
  return all ;
}

int keeping_ask (struct rawclient *c, int channel, int gifts[2])
{
  int r = raw_command(c, "K", 1, &channel, 1) ;
  gifts[0] = gifts[1] = -1 ;
  if (c->nfds != 2 * !r)
  {
    raw_drop_fds(c) ;
    return r > 0 ? r : RAW_MALFORMED ;
  }
  for (unsigned int i = 0 ; i < c->nfds ; i++) gifts[i] = c->fds[i] ;
  c->nfds = 0 ;
  return r ;
}

int keeping_tell (int channel, char kind, int islast, char const *id, long limit, int fd)
{
  char s[FRAME_NATIVE_HEADER + WIRE_KEEP_MAX] ;
  struct wire_keep m = { .kind = kind, .islast = (uint8_t)islast, .uid = 12, .pid = 34, .id = { .s = id, .len = id ? (uint8_t)strlen(id) : 0 } } ;
  size_t len ;
  if (!tain_wallclock_read(&m.stored)) tap_bail("clock") ;
  if (limit) raw_limit(&m.limit, limit) ;
  else raw_never(&m.limit) ;
  len = wire_keep_pack(s + FRAME_NATIVE_HEADER, &m) ;
  len += frame_pack_header(s, FRAME_NATIVE, len, 0) ;
  return raw_send(channel, s, len, &fd, fd >= 0) == (ssize_t)len ;
}

static void find_programs (void)
{
  char path[16384], program[8192] ;
  testdaemon_program(program, sizeof(program), "") ;
  snprintf(path, sizeof(path), "%s:%s", program, getenv("PATH")) ;
  setenv("PATH", path, 1) ;
}

static struct
{
  char const *verbosity ;
  char const *timeout ;
  char const *maxfds ;
} usual = { .verbosity = "0", .timeout = "10000", .maxfds = "1000" } ;

pid_t keeping_start_with (char const *maxfds)
{
  usual.verbosity = "2" ;
  usual.timeout = "0" ;
  usual.maxfds = maxfds ;
  return keeping_start() ;
}

pid_t keeping_try_start (char const *verbosity)
{
  static char program[8192] ;
  int p[2] ;
  char byte ;
  pid_t pid ;
  testdaemon_program(program, sizeof(program), "s6-fdholder-daemon") ;
  if (pipe2(p, O_CLOEXEC) == -1) tap_bail("pipe2") ;
  fflush(stdout) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    find_programs() ;
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    if (dup2(p[1], 1) == -1) _exit(126) ;
    execl(program, program, "-1", "-v", verbosity, "-t", usual.timeout, "-n", usual.maxfds, "-k", "-c", "64", "-i", "rules", "s", (char *)0) ;
    _exit(127) ;
  }
  close(p[1]) ;
  if (read(p[0], &byte, 1) != 1)
  {
    waitpid(pid, 0, 0) ;
    pid = 0 ;
  }
  if (pid && (!is_ready(p[0], AWAIT_MS) || read(p[0], &byte, 1))) tap_bail("a worker has what the keeper told readiness by") ;
  close(p[0]) ;
  return pid ;
}

pid_t keeping_start (void)
{
  pid_t pid = keeping_try_start(usual.verbosity) ;
  if (!pid) tap_bail("no keeper") ;
  return pid ;
}

static int is_worker (char const *pid)
{
  char path[64], words[WORDS_MAX], here[WORDS_MAX], there[WORDS_MAX] ;
  FILE *file ;
  size_t len ;
  ssize_t r ;
  snprintf(path, sizeof(path), "/proc/%.20s/cwd", pid) ;
  r = readlink(path, there, sizeof(there) - 1) ;
  if (r <= 0 || !getcwd(here, sizeof(here))) return 0 ;
  there[r] = 0 ;
  if (strcmp(here, there)) return 0 ;
  snprintf(path, sizeof(path), "/proc/%.20s/cmdline", pid) ;
  file = fopen(path, "r") ;
  if (!file) return 0 ;
  len = fread(words, 1, sizeof(words) - 1, file) ;
  fclose(file) ;
  words[len] = 0 ;
  return strstr(words, "s6-fdholderd") && memmem(words, len, "\0-W", 4) ;
}

static int has_parent_in (pid_t pid, pid_t const *all, unsigned int n)
{
  long parent = procstatus(pid, "PPid") ;
  for (unsigned int i = 0 ; i < n ; i++) if (all[i] == parent) return 1 ;
  return 0 ;
}

 /* Its helpers have the same command line. */

pid_t keeping_worker (void)
{
  pid_t all[WORKERS_MAX] ;
  unsigned int n = 0 ;
  struct dirent *entry ;
  DIR *dir = opendir("/proc") ;
  if (!dir) tap_bail("/proc") ;
  while ((entry = readdir(dir)) && n < WORKERS_MAX)
    if (atoi(entry->d_name) > 0 && is_worker(entry->d_name)) all[n++] = atoi(entry->d_name) ;
  closedir(dir) ;
  for (unsigned int i = 0 ; i < n ; i++) if (!has_parent_in(all[i], all, n)) return all[i] ;
  return 0 ;
}

pid_t keeping_await_worker (pid_t other)
{
  double begun = test_seconds() ;
  pid_t pid ;
  while ((pid = keeping_worker()) == other || !pid)
  {
    if (test_since(begun) > AWAIT_MS) return 0 ;
    test_sleep(1) ;
  }
  return pid ;
}

void keeping_kill_worker (void)
{
  pid_t pid = keeping_worker() ;
  double begun = test_seconds() ;
  if (!pid) return ;
  kill(pid, SIGKILL) ;
  while (keeping_worker() == pid && test_since(begun) < AWAIT_MS) test_sleep(1) ;
}
