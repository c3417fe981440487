/* ISC license. */

 /* System calls are counted by strace, where it is there. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "bench.h"
#include "procstatus.h"
#include "tap.h"
#include "testdaemon.h"

 /* strace -c writes its table when it is told to end. */

static pid_t trace (pid_t traced)
{
  char pid[16] ;
  pid_t tracer ;
  snprintf(pid, sizeof(pid), "%d", (int)traced) ;
  tracer = fork() ;
  if (tracer == -1) tap_bail("fork") ;
  if (!tracer)
  {
    int null = open("/dev/null", O_RDWR) ;
    dup2(null, 1) ;
    dup2(null, 2) ;
    execlp("strace", "strace", "-f", "-c", "-o", "calls", "-p", pid, (char *)0) ;
    _exit(127) ;
  }
  return tracer ;
}

static double total_calls (void)
{
  char line[256] ;
  double calls = -1 ;
  FILE *f = fopen("calls", "r") ;
  if (!f) return -1 ;
  while (fgets(line, sizeof(line), f))
  {
    double percent, seconds ;
    long usecs ;
    if (strstr(line, "total") && sscanf(line, "%lf %lf %ld %lf", &percent, &seconds, &usecs, &calls) != 4) calls = -1 ;
  }
  fclose(f) ;
  return calls ;
}

pid_t bench_trace (pid_t pid)
{
  pid_t tracer = trace(pid) ;
  unsigned int tries = 0 ;
  while (procstatus(pid, "TracerPid") <= 0 && tries++ < 250)
  {
    if (waitpid(tracer, 0, WNOHANG) == tracer) return 0 ;
    test_sleep(20) ;
  }
  test_sleep(20) ;
  return tracer ;
}

double bench_traced (pid_t tracer)
{
  test_sleep(20) ;
  kill(tracer, SIGINT) ;
  waitpid(tracer, 0, 0) ;
  return total_calls() ;
}
