/* ISC license. */

/* H43: a client that may store can store a file whose close never returns.
   Who gets it by a dump ends all the same, and executes its program, whether
   the dump was good for anything or not. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include "support/rawclient.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { PATIENCE_SECONDS = 10 } ;

 /* It is opened by a process that stays: no other one has it, and has to close it. */

static pid_t store_from_apart (void)
{
  struct rawclient c ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  raw_must_connect(&c, "a", FRAME_NATIVE) ;
  raw_must_store(&c, "stuck", stuckfile_open()) ;
  for (;;) pause() ;
}

static void wait_until_held (void)
{
  struct rawclient c ;
  int ishere = 0 ;
  raw_must_connect(&c, "a", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < PATIENCE_SECONDS * 100 && !ishere ; i++)
  {
    ishere = raw_holds(&c, "stuck") ;
    if (!ishere) test_sleep(10) ;
  }
  raw_close(&c) ;
  if (!ishere) tap_bail("store") ;
}

 /* A shell waits for the program, and for nobody else. */

static void check (char const *command, int code, char const *name)
{
  char line[512] ;
  double begun = test_seconds() ;
  int status ;
  double took ;
  snprintf(line, sizeof(line), "PATH=\"${BUILD:-.}:$PATH\" ; timeout -s KILL %d %s >out 2>&1", PATIENCE_SECONDS, command) ;
  status = system(line) ;
  took = test_seconds() - begun ;
  tap_int(wait_estatus(status), code, "H43: %s, with that exit code", name) ;
  tap_most((intmax_t)took, PATIENCE_SECONDS - 2, "H43: %s, and before it is killed, in seconds", name) ;
}

int main (void)
{
  struct testdaemon a, b ;
  char const *why ;
  pid_t storer ;
  testdaemon_need_closers() ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_start(&a, "a", (char const *const []){ "-v", "0", "-T", "500", 0 }) ;
  testdaemon_start(&b, "b", (char const *const []){ "-v", "0", "-T", "500", 0 }) ;
  if (!stuckfile_begin(&why))
  {
    tap_ok(1, "H43: dumps # SKIP %s", why) ;
    testdaemon_finish(&a) ;
    testdaemon_finish(&b) ;
    return tap_done() ;
  }
  storer = store_from_apart() ;
  wait_until_held() ;
  check("s6-fdholder-transferdump a b", 0, "a transfer ends") ;
  check("s6-fdholder-transferdump a b true", 0, "and goes on to its program") ;
  check("s6-fdholder-transferdump a nowhere", 111, "and ends when there is no destination") ;
  check("s6-fdholder-transferdump a nowhere true", 111, "with a program too") ;
  check("s6-fdholder-getdump a nosuchprogram", 127, "a dump for a program that does not exist ends") ;
  tap_least(stuckfile_waiting(), 1, "H43: and closes wait meanwhile") ;
  testdaemon_finish(&a) ;
  testdaemon_finish(&b) ;
  stuckfile_end() ;
  kill(storer, SIGKILL) ;
  waitpid(storer, 0, 0) ;
  return tap_done() ;
}
