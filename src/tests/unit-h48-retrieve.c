/* ISC license. */

/* H48, the program: s6-fdholder-retrieve -D cannot execute what it was to, and
   the daemon cannot put back what it took, each for a reason of its own. */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include "support/scripted.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { OUTPUT_MAX = 2048, STORE_FRAME = 4 + 1 + 12 + 1 + 1 + 1 } ;

#define TAKEN STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\5R\1\1x\0"), SEND("\0\0\0\1\0", 1), READ("\0\0\0\1A"), SEND("\0\0\0\1\0", 0)
#define PUTBACK(answer) READ("\0\0\0\1B"), SEND("\0\0\0\1" answer, 0)
#define STORED { STEP_READ, 0, STORE_FRAME, 0 }, SEND("\0\0\0\1\0", 0)
#define END STEP(STEP_WAITEOF), STEP(STEP_END)

static struct step const done[] = { TAKEN, PUTBACK("\0"), END } ;
static struct step const again[] = { TAKEN, PUTBACK("\20"), END } ;  /* EBUSY */
static struct step const expired[] = { TAKEN, PUTBACK("\2"), END } ;  /* ENOENT */
static struct step const older[] = { TAKEN, PUTBACK("\46"), STORED, END } ;  /* ENOSYS */
static struct step const closed[] = { TAKEN, STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), STORED, END } ;
static struct step const full[] = { TAKEN, PUTBACK("\46"), { STEP_READ, 0, STORE_FRAME, 0 }, SEND("\0\0\0\1\27", 0), END } ;  /* ENFILE */

static char program[4096] ;

static void run (char *output, int *code)
{
  size_t len = 0 ;
  int p[2], status ;
  pid_t pid ;
  if (pipe(p) == -1 || (pid = fork()) == -1) tap_bail("unable to run the program") ;
  if (!pid)
  {
    dup2(p[1], 2) ;
    execl(program, program, "-D", "s", "x", "./empty", (char *)0) ;
    _exit(255) ;
  }
  close(p[1]) ;
  for (ssize_t r ; (r = read(p[0], output + len, OUTPUT_MAX - 1 - len)) > 0 ; len += r) ;
  output[len] = 0 ;
  close(p[0]) ;
  waitpid(pid, &status, 0) ;
  *code = wait_estatus(status) ;
}

static void check (char const *name, struct step const *steps, char const *want)
{
  static char output[OUTPUT_MAX] ;
  int code ;
  pid_t pid = scripted_start("s", steps) ;
  run(output, &code) ;
  tap_int(code, 126, "H48: %s: the program could not be executed", name) ;
  if (want) tap_contains(output, want, "H48: %s: %s", name, want) ;
  else if (!tap_ok(!strstr(output, "warning"), "H48: %s: nothing else is said", name)) tap_diag("%s", output) ;
  tap_ok(scripted_done(pid), "H48: %s: the daemon was told what it should be", name) ;
}

int main (void)
{
  int fd ;
  testdaemon_program(program, sizeof(program), "s6-fdholder-retrieve") ;
  testdaemon_workdir() ;
  fd = open("empty", O_WRONLY | O_CREAT | O_CLOEXEC, 0755) ;
  if (fd == -1) tap_bail("empty") ;
  close(fd) ;
  check("put back", done, 0) ;
  check("the id is there again", again, "warning: unable to put back x: ") ;
  check("its limit has passed", expired, "warning: unable to put back x: ") ;
  check("a daemon without B", older, "warning: the descriptor has been stored again, without a time limit") ;
  check("the connection has ended", closed, "warning: the descriptor has been stored again, without a time limit") ;
  check("it cannot be stored again either", full, "warning: unable to store again x: ") ;
  return tap_done() ;
}
