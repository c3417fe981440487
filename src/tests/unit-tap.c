/* ISC license. */

/* What the points of the C tests say when they do not hold. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/tap.h"

static char const wanted[] =
  "not ok 1 - plain\n"
  "not ok 2 - number 7\n# got 1, wanted -2\n"
  "not ok 3 - most\n# got 3, wanted at most 2\n"
  "not ok 4 - least\n# got 1, wanted at least 2\n"
  "not ok 5 - error\n# got 0 (no error), wanted 17 (File exists)\n"
  "not ok 6 - string\n# got \"a\", wanted \"(none)\"\n"
  "not ok 7 - bytes\n# got 2 bytes: 61 00\n# wanted 1 bytes: 61\n"
  "not ok 8 - contains\n# got \"abc\", wanted \"ac\" in it\n"
  "1..8\n" ;

static int judge (void)
{
  tap_ok(0, "plain") ;
  tap_int(1, -2, "number %d", 7) ;
  tap_most(3, 2, "most") ;
  tap_least(1, 2, "least") ;
  tap_error(0, EEXIST, "error") ;
  tap_string("a", 0, "string") ;
  tap_bytes("a", 2, "a", 1, "bytes") ;
  tap_contains("abc", "ac", "contains") ;
  return tap_done() ;
}

static size_t collect (int fd, char *s, size_t max)
{
  size_t len = 0 ;
  ssize_t r ;
  while ((r = read(fd, s + len, max - len)) > 0) len += r ;
  return len ;
}

int main (void)
{
  char told[1024] ;
  size_t len ;
  int p[2], status ;
  pid_t pid ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    dup2(p[1], 1) ;
    close(p[0]) ;
    close(p[1]) ;
    exit(judge()) ;
  }
  close(p[1]) ;
  len = collect(p[0], told, sizeof(told)) ;
  if (waitpid(pid, &status, 0) != pid) tap_bail("waitpid") ;
  tap_bytes(told, len, wanted, sizeof(wanted) - 1, "a point that does not hold says why") ;
  tap_int(WEXITSTATUS(status), 1, "and the test fails") ;
  tap_int(1, 1, "numbers hold") ;
  tap_most(1, 1, "bounds hold") ;
  tap_least(1, 1, "both of them") ;
  tap_error(EPERM, EPERM, "errors hold") ;
  tap_string("", "", "strings hold") ;
  tap_contains("abc", "bc", "parts are found") ;
  tap_string(0, 0, "no string is no string") ;
  tap_bytes("", 0, 0, 0, "no bytes are no bytes") ;
  return tap_done() ;
}
