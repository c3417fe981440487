/* ISC license. */

/* s6-fdholder-notifyd is killed as it enters its n-th system call, for each n, or each STRIDE-th
   (1): what was held is held, the program does not outlive it, and the next one needs no help. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/notifying.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/tracer.h"

enum { FIRST_GIVEN = 3, PATIENCE_MS = 60000, CALLS_MAX = 2000, STRIDE = 1 } ;
enum { ARGUMENTS = 10 } ;

 /* The program: it has what was held, and stores another one, and forgets it again. */

static int be_program (char const *kept)
{
  static char const store[] = "READY=1\nFDSTORE=1\nFDNAME=new" ;
  static char const forget[] = "FDSTOREREMOVE=1\nFDNAME=new" ;
  int given = notifying_given() ;
  int fd ;
  if (given < 1) return 2 ;
  fd = open(kept, O_RDONLY) ;
  if (fd < 0 || !testfile_same(fd, FIRST_GIVEN)) return 3 ;
  if (!notifying_send(store, sizeof(store) - 1, &fd, 1) || !notifying_barrier(PATIENCE_MS)) return 4 ;
  return notifying_send(forget, sizeof(forget) - 1, 0, 0) && notifying_barrier(PATIENCE_MS) ? 0 : 5 ;
}

 /* The test. */

static char program[4096] ;
static char self[4096] ;
static char kept[4096] ;

 /* Who lives has an end of this pipe open. */

static int are_all_gone (int const *alive)
{
  struct pollfd x = { .fd = alive[0] } ;
  close(alive[1]) ;
  x.fd = alive[0] ;
  if (poll(&x, 1, PATIENCE_MS) != 1) return 0 ;
  close(alive[0]) ;
  return 1 ;
}

static char const *run (unsigned int n, int deadly, struct trace *t)
{
  char const *const argv[ARGUMENTS] = { program, "-p", "p/", "s", "n", self, kept, 0 } ;
  int alive[2] ;
  if (pipe(alive) == -1) tap_bail("pipe") ;
  fcntl(alive[0], F_SETFD, FD_CLOEXEC) ;
  tracer_run(t, argv, 0, n, deadly) ;
  return are_all_gone(alive) ? 0 : "the program has outlived it" ;
}

 /* The other one may be there. */

static char const *look (int file)
{
  char const *problem = 0 ;
  struct rawclient c ;
  int fd ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  if (raw_list(&c)) problem = "no list" ;
  else if (!raw_listed(&c, "p/kept")) problem = "what was held is not" ;
  else if (raw_list_count(&c) != 1 + raw_listed(&c, "p/new")) problem = "there is more" ;
  else if (raw_retrieve(&c, 0, "p/kept", &fd)) problem = "it cannot be retrieved" ;
  else
  {
    if (!testfile_same(fd, file)) problem = "it is another one" ;
    close(fd) ;
  }
  raw_close(&c) ;
  return problem ;
}

static char const *again (void)
{
  static char problem[64] ;
  struct trace t ;
  if (run(0, 0, &t)) return "the next program has outlived it" ;
  if (!t.signal && !t.code) return 0 ;
  snprintf(problem, sizeof(problem), "the next one ends by signal %d, with %d", t.signal, t.code) ;
  return problem ;
}

 /* A file that the holder has, under a prefix of ours. */

static int store_kept (void)
{
  struct rawclient c ;
  int file ;
  testdaemon_write("kept", "kept") ;
  if (!getcwd(kept, sizeof(kept) - 8)) tap_bail("getcwd") ;
  strcat(kept, "/kept") ;
  file = open(kept, O_RDONLY | O_CLOEXEC) ;
  if (file < 0) tap_bail("open") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, "p/kept", file) ;
  raw_close(&c) ;
  return file ;
}

int main (int argc, char const *const *argv)
{
  struct testdaemon d ;
  struct trace t ;
  char const *stride = getenv("STRIDE") ;
  char const *problem = 0 ;
  unsigned int step = stride ? (unsigned int)atoi(stride) : STRIDE ;
  unsigned int n = 1, runs = 0 ;
  ssize_t len ;
  int file, isreached = 1 ;
  if (argc > 1) return be_program(argv[1]) ;
  if (testdaemon_isslow()) tap_skip_all("sanitized programs are not to be traced") ;
  if (!tracer_works()) tap_skip_all("needs ptrace(2)") ;
  len = readlink("/proc/self/exe", self, sizeof(self) - 1) ;
  if (len <= 0) tap_bail("readlink") ;
  testdaemon_program(program, sizeof(program), "s6-fdholder-notifyd") ;
  testdaemon_begin(&d, 0) ;
  file = store_kept() ;
  tap_string(again(), 0, "it runs") ;
  for ( ; !problem && isreached && n < CALLS_MAX ; runs++)
  {
    problem = run(n, SIGKILL, &t) ;
    isreached = t.calls >= n ;
    if (!problem) problem = look(file) ;
    if (!problem) problem = again() ;
    if (!problem) n += step ;
  }
  if (problem) tap_diag("call %u", n) ;
  tap_string(problem, 0, "killed at %u of its calls", runs) ;
  tap_least(n, 50, "there are such calls") ;
  tap_most(n, CALLS_MAX - 1, "and they come to an end") ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
