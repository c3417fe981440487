/* ISC license. */

/* H40: nobody reads the log. At -v 2 the daemon serves on, and says later how
   many lines were lost. Its stderr is not made non-blocking: it is shared. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { ROUNDS = 300, LINES = 1 + 2 * (ROUNDS + 1), LOG_MAX = 65536, PIPE_SIZE = 4096 } ;

static unsigned int work (struct rawclient *c, int file, unsigned int rounds)
{
  unsigned int done = 0 ;
  for (unsigned int i = 0 ; i < rounds ; i++)
    done += !raw_store(c, "an identifier of some length, so that lines fill the pipe", 0, file)
      && !raw_delete(c, "an identifier of some length, so that lines fill the pipe") ;
  return done ;
}

static size_t drain (int fd, char *log, size_t len)
{
  ssize_t r ;
  fcntl(fd, F_SETFL, O_NONBLOCK) ;
  while (len < LOG_MAX - 1 && (r = read(fd, log + len, LOG_MAX - 1 - len)) > 0) len += r ;
  log[len] = 0 ;
  return len ;
}

 /* The lines that are there, and those that are told as lost. */

static unsigned int count_lines (char const *log)
{
  static char const told[] = "log was full: " ;
  unsigned int n = 0 ;
  for (char const *s = log ; *s ; s++)
    if (!strncmp(s, told, sizeof(told) - 1)) n += (unsigned int)atoi(s + sizeof(told) - 1) - 1 ;
    else n += *s == '\n' ;
  return n ;
}

int main (void)
{
  static char const *const options[] = { "-v", "2", 0 } ;
  static char log[LOG_MAX] ;
  struct testdaemon d ;
  struct rawclient c ;
  int p[2] ;
  int err = dup(2) ;
  int file = testfile() ;
  size_t len ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  if (pipe(p) == -1 || dup2(p[1], 2) == -1) tap_bail("pipe") ;
  fcntl(p[0], F_SETFD, FD_CLOEXEC) ;
#ifdef F_SETPIPE_SZ
  fcntl(p[1], F_SETPIPE_SZ, PIPE_SIZE) ;
#endif
  testdaemon_start(&d, "s", options) ;
  dup2(err, 2) ;
  raw_must_connect(&c, d.path, FRAME_NATIVE) ;
  tap_int(work(&c, file, ROUNDS), ROUNDS, "served while the log is full") ;
  tap_ok(!(fcntl(p[1], F_GETFL) & O_NONBLOCK), "stderr is not made non-blocking") ;
  len = drain(p[0], log, 0) ;
  if (tap_least((intmax_t)len, 1, "bytes have come")) tap_int(log[len - 1], '\n', "lines are whole") ;
  tap_int(work(&c, file, 1), 1, "served when there is room again") ;
  drain(p[0], log, len) ;
  tap_contains(log, "lines were dropped\n", "and how many lines were lost is told") ;
  tap_int(count_lines(log), LINES, "none is missing: all are there or told") ;
  raw_close(&c) ;
  close(p[0]) ;
  raw_must_connect(&c, d.path, FRAME_NATIVE) ;
  tap_int(work(&c, file, ROUNDS), ROUNDS, "served while nobody has the other end of the log") ;
  raw_close(&c) ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
