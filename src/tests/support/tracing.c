/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "procstatus.h"
#include "tap.h"
#include "tracing.h"

enum { PATIENCE = 2000, STRING_LENGTH = 400 } ;

 /* Most machines read them without a call. */

#define NO_CLOCKS "trace=!?clock_gettime,?clock_gettime64,?gettimeofday,?time"

static char const tracefile[] = "trace.out" ;

void tracing_need (void)
{
  int status = -1 ;
  pid_t pid ;
  if (testdaemon_isslow()) tap_skip_all("the system calls would be a wrapper's too") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    int null = open("/dev/null", O_RDWR) ;
    dup2(null, 1) ;
    dup2(null, 2) ;
    execlp("strace", "strace", "-o", "/dev/null", "true", (char *)0) ;
    _exit(127) ;
  }
  waitpid(pid, &status, 0) ;
  if (!WIFEXITED(status) || WEXITSTATUS(status)) tap_skip_all("needs strace") ;
}

void tracing_start (struct tracing *t, struct testdaemon const *d)
{
  char pid[16] ;
  char length[16] ;
  snprintf(pid, sizeof(pid), "%d", (int)d->pid) ;
  snprintf(length, sizeof(length), "%d", STRING_LENGTH) ;
  t->s = 0 ;
  t->len = 0 ;
  t->pid = fork() ;
  if (t->pid == -1) tap_bail("fork") ;
  if (!t->pid)
  {
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    execlp("strace", "strace", "-q", "-e", NO_CLOCKS, "-o", tracefile, "-s", length, "-p", pid, (char *)0) ;
    _exit(127) ;
  }
  for (unsigned int i = 0 ; procstatus(d->pid, "TracerPid") <= 0 ; i++)
  {
    if (i == PATIENCE) tap_bail("strace does not attach") ;
    test_sleep(2) ;
  }
  test_sleep(50) ;
}

void tracing_end (struct tracing *t)
{
  struct stat st ;
  int fd ;
  kill(t->pid, SIGINT) ;
  waitpid(t->pid, 0, 0) ;
  fd = open(tracefile, O_RDONLY) ;
  if (fd == -1 || fstat(fd, &st) == -1) tap_bail(tracefile) ;
  t->s = malloc(st.st_size + 1) ;
  if (!t->s || read(fd, t->s, st.st_size) != st.st_size) tap_bail(tracefile) ;
  close(fd) ;
  t->len = st.st_size ;
  t->s[t->len] = 0 ;
}

void tracing_free (struct tracing *t)
{
  free(t->s) ;
  t->s = 0 ;
}

void tracing_mark (struct rawclient *c, char const *id)
{
  if (raw_delete(c, id) != ENOENT) tap_bail("mark") ;
}

unsigned int tracing_count (struct tracing const *t, char const *from, char const *to, char const *text)
{
  char const *line = strstr(t->s, from) ;
  char const *end = strstr(t->s, to) ;
  unsigned int n = 0 ;
  if (!line || !end) tap_bail("no mark in the trace") ;
  line = strstr(line, "\nsendmsg(") ;
  line = line ? strchr(line + 1, '\n') : 0 ;
  while (line && line < end)
  {
    char const *next = strchr(++line, '\n') ;
    size_t len = next ? (size_t)(next - line) : strlen(line) ;
    if (next > end) break ;
    if (strncmp(line, "clock_gettime(", 14) && strncmp(line, "---", 3) && (!text || memmem(line, len, text, strlen(text)))) n++ ;
    line = next ;
  }
  return n ;
}
