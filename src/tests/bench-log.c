/* ISC license. */

 /*
   The part of make bench that is about logging: processor time of s6-log, and of that of the
   directory PEER, if it is given, in turn; the least of five. What PEER asked for and cannot
   run is an error. QUICK in the environment: everything once, and little of it.
 */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "support/bench.h"
#include "support/benchrow.h"
#include "support/procstatus.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { SIDES = BENCHROW_SIDES, ROUNDS = 5, WORDS = 12, BLOCK = 65536, KILO = 1024, LATENCIES = 400, IDLE_MS = 300 } ;

struct side
{
  char const *programs ;
  char **environment ;
} ;

struct work
{
  char const *title ;
  char const *goal ;
  size_t linelen ;  /* with its newline */
  size_t kilobytes ;
  size_t atonce ;  /* bytes of a write */
  unsigned int archives ;  /* that are there before */
  char const *words[WORDS] ;
} ;

static struct work const works[] =
{
  { "plain lines of 100 bytes, CPU ms", "0.40", 100, 20000, BLOCK, 0, { "s16000000", "./d" } },
  { "lines of 8 kB", "0.25", 8000, 40000, BLOCK, 0, { "s16000000", "./d" } },
  { "t", "0.60", 100, 10000, BLOCK, 0, { "s16000000", "t", "./d" } },
  { "T", "0.60", 100, 10000, BLOCK, 0, { "s16000000", "T", "./d" } },
  { "one expression that takes half of the lines", "1.0", 100, 10000, BLOCK, 0, { "-", "+[13579]x", "s16000000", "./d" } },
  { "one literal selection, all of them", "0.60", 100, 10000, BLOCK, 0, { "s16000000", "-no such text", "./d" } },
  { "one expression", "1.0", 100, 10000, BLOCK, 0, { "s16000000", "-no.such.text", "./d" } },
  { "three expressions", "1.0", 100, 10000, BLOCK, 0, { "s16000000", "-no.such", "-[0-9]y", "-^x+y", "./d" } },
  { "four directories", "0.50", 100, 10000, BLOCK, 0, { "s16000000", "./a", "./b", "./c", "./d" } },
  { "one write a line", "1.10", 100, 4000, 100, 0, { "s16000000", "./d" } },
  { "status", "0.10", 100, 2000, BLOCK, 0, { "=status" } },
  { "alerts", "0.30", 100, 4000, BLOCK, 0, { "2" } },
  { "rotations at 240 archives", "0.30", 100, 4000, BLOCK, 240, { "n240", "s8192", "l0", "./d" } }
} ;

static char place[] = "/dev/shm/bench-log.XXXXXX" ;
static struct side all[SIDES] ;
static unsigned int sides = 1 ;

 /* A line: a number that differs, and x. */

static char *make_lines (size_t len, size_t linelen)
{
  char *s = malloc(len) ;
  if (!s) tap_bail("malloc") ;
  memset(s, 'x', len) ;
  for (size_t at = 0, n = 0 ; at + linelen <= len ; at += linelen, n++)
  {
    char number[16] ;
    memcpy(s + at, number, (size_t)snprintf(number, sizeof(number), "%09zu", n)) ;
    s[at + linelen - 1] = '\n' ;
  }
  return s ;
}

static void clean (void)
{
  if (system("rm -rf a b c d status status.new")) tap_bail("rm") ;
}

static void leave (void)
{
  clean() ;
  unlink("calls") ;
  if (chdir("/") == -1 || rmdir(place) == -1) fprintf(stderr, "%s: warning: %s is left\n", PROG, place) ;
}

static void leave_archives (unsigned int n)
{
  char name[64] ;
  if (!n) return ;
  if (mkdir("d", 0700) == -1) tap_bail("mkdir") ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    int fd ;
    snprintf(name, sizeof(name), "d/@4000000060000000%08x.s", i) ;
    fd = open(name, O_WRONLY | O_CREAT, 0744) ;
    if (fd < 0 || write(fd, "x\n", 2) != 2) tap_bail("an archive") ;
    close(fd) ;
  }
}

static pid_t start (struct side const *side, char const *const *words, int in)
{
  char path[4096] ;
  char const *argv[WORDS + 3] = { "s6-log", "--" } ;
  pid_t pid ;
  snprintf(path, sizeof(path), "%s/s6-log", side->programs) ;
  for (unsigned int i = 0 ; i < WORDS ; i++) argv[i + 2] = words[i] ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC) ;
  if (dup2(in, 0) == -1 || dup2(null, 2) == -1) _exit(111) ;
  execve(path, (char *const *)argv, side->environment) ;
  _exit(127) ;
}

static void feed (int fd, char const *s, size_t len, size_t atonce)
{
  for (size_t at = 0 ; at < len ; )
  {
    size_t some = len - at < atonce ? len - at : atonce ;
    ssize_t r = write(fd, s + at, some) ;
    if (r <= 0) tap_bail("write") ;
    at += (size_t)r ;
  }
}

static double milliseconds (struct rusage const *r)
{
  return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1e3 + (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1e3 ;
}

static double end (struct side const *side, pid_t pid)
{
  struct rusage usage ;
  int status ;
  if (wait4(pid, &status, 0, &usage) != pid) tap_bail("wait") ;
  if (status) bench_cannot_run("PEER", side->programs, "s6-log", status) ;
  return milliseconds(&usage) ;
}

static double run (struct side const *side, struct work const *w, char const *s, size_t len, double *calls)
{
  int p[2] ;
  pid_t pid, tracer = 0 ;
  clean() ;
  leave_archives(w->archives) ;
  if (pipecoe(p) == -1) tap_bail("pipe") ;  /* the tracer is to have none of it */
  pid = start(side, w->words, p[0]) ;
  close(p[0]) ;
  if (calls)
  {
    test_sleep(IDLE_MS) ;
    tracer = bench_trace(pid) ;
  }
  feed(p[1], s, len, w->atonce) ;
  close(p[1]) ;
  if (tracer)
  {
    double time = end(side, pid) ;
    *calls = bench_traced(tracer) ;
    return time ;
  }
  return end(side, pid) ;
}

static void compare (struct work const *w)
{
  struct benchrow r = { .title = w->title } ;
  size_t len = w->kilobytes * KILO / (bench_quick() ? 10 : 1) / w->linelen * w->linelen ;
  char *s = make_lines(len, w->linelen) ;
  for (unsigned int i = 0 ; i < (bench_quick() ? 1 : ROUNDS) ; i++)
    for (unsigned int side = 0 ; side < sides ; side++) benchrow_take(&r, side, run(all + side, w, s, len, 0)) ;
  benchrow_print(&r, w->goal) ;
  free(s) ;
}

 /* The end has some of its own: of as many blocks more or less it has as many. */

static void count_calls (void)
{
  struct benchrow r = { .title = "system calls for 64 KiB, one directory" } ;
  enum { FEW = 20, MANY = 120 } ;
  char *s = make_lines((size_t)MANY * BLOCK, 64) ;
  for (unsigned int side = 0 ; side < sides ; side++)
  {
    double few = -1, many = -1 ;
    run(all + side, works, s, (size_t)FEW * BLOCK, &few) ;
    run(all + side, works, s, (size_t)MANY * BLOCK, &many) ;
    if (few > 0 && many > 0) benchrow_take(&r, side, (many - few) / (MANY - FEW)) ;
  }
  benchrow_print(&r, "7 at most") ;
  free(s) ;
}

static int compare_times (void const *a, void const *b)
{
  double x = *(double const *)a, y = *(double const *)b ;
  return x < y ? -1 : x > y ;
}

 /* From a write to the line in stdout, a pipe; and what one that has nothing to do takes. */

static void answer (void)
{
  struct benchrow latency = { .title = "latency of a line, median, us" } ;
  struct benchrow memory = { .title = "private memory, idle, kB" } ;
  static char const *const words[WORDS] = { "1" } ;
  for (unsigned int side = 0 ; side < sides ; side++)
  {
    double times[LATENCIES] ;
    char c[8] ;
    int in[2], out[2], saved = fcntl(1, F_DUPFD_CLOEXEC, 3) ;
    pid_t pid ;
    if (pipecoe(in) == -1 || pipecoe(out) == -1 || dup2(out[1], 1) == -1) tap_bail("pipe") ;
    pid = start(all + side, words, in[0]) ;
    dup2(saved, 1) ;
    close(saved) ;
    close(in[0]) ;
    close(out[1]) ;
    for (unsigned int i = 0 ; i < LATENCIES ; i++)
    {
      uint64_t begun = bench_now() ;
      if (write(in[1], "line\n", 5) != 5 || read(out[0], c, sizeof(c)) != 5) tap_bail("a line") ;
      times[i] = (double)(bench_now() - begun) / 1e3 ;
    }
    qsort(times, LATENCIES, sizeof(double), &compare_times) ;
    benchrow_take(&latency, side, times[LATENCIES / 2]) ;
    benchrow_take(&memory, side, (double)procstatus_memory(pid, "Private_Dirty")) ;
    close(in[1]) ;
    end(all + side, pid) ;
    close(out[0]) ;
  }
  benchrow_print(&latency, "1.2") ;
  benchrow_print(&memory, "1.2") ;
}

int main (void)
{
  static char build[4096] ;

  char const *peer = getenv("PEER") ;
  static char absolute[8192] ;
  PROG = "bench-log" ;
  signal(SIGPIPE, SIG_IGN) ;
  if (!getcwd(build, sizeof(build))) tap_bail("getcwd") ;
  all[0].programs = build ;
  all[0].environment = bench_environment(build) ;
  if (peer && *peer)
  {
    snprintf(absolute, sizeof(absolute), "%s%s%s", *peer == '/' ? "" : build, *peer == '/' ? "" : "/", peer) ;
    all[1].programs = absolute ;
    all[1].environment = bench_environment(absolute) ;
    sides = 2 ;
  }
  if (!mkdtemp(place) || chdir(place) == -1) tap_bail("a place in memory") ;
  atexit(&leave) ;
  printf("logging: %s\n", bench_quick() ? "everything once: no measurement" : "processor time of s6-log, ms, the least of 5, in turn") ;
  printf("%-52s %10s %10s %8s  %s\n", "", "ours", "peer", "ratio", "goal") ;
  for (size_t i = 0 ; i < sizeof(works) / sizeof(works[0]) ; i++) compare(works + i) ;
  count_calls() ;
  answer() ;
  return 0 ;
}
