/* ISC license. */

/* A keeper that does not read, and that the holder may not kill. It believes that
   it has all, and would put that in the holder's place: so the holder does not go
   on without it, but waits, and all but changes go on. */

#include <skalibs/nonposix.h>

#include <fcntl.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { STORES_MAX = 2000, SMALL = 4096, SILENCE_MS = 60, LATE_MS = 2500 } ;

static struct rawclient client, other ;
static struct keeping keeper ;
static char last[64] ;
static int file ;

 /* As another user than ours. */

static pid_t start_holder (void)
{
  static char program[8192] ;
  int ready[2], listener = testdaemon_listen("s") ;
  char byte ;
  pid_t pid ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  if (pipe(ready) == -1) tap_bail("pipe") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    char *const argv[] = { program, "-1", "-i", "rules", 0 } ;
    int image = open(program, O_RDONLY | O_CLOEXEC) ;  /* who he becomes may not reach the directory */
    if (dup2(listener, 0) == -1 || dup2(ready[1], 1) == -1) _exit(126) ;
    if (setresgid(TEST_UID, TEST_UID, TEST_UID) == -1 || setresuid(TEST_UID, TEST_UID, TEST_UID) == -1) _exit(125) ;
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    fexecve(image, argv, environ) ;
    _exit(127) ;
  }
  close(listener) ;
  close(ready[1]) ;
  if (read(ready[0], &byte, 1) != 1) tap_bail("no holder") ;
  close(ready[0]) ;
  return pid ;
}

static void keep (void)
{
  struct rawclient c ;
  int p[2], gifts[2], size = SMALL ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == -1 || setsockopt(p[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == -1) tap_bail("socketpair") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  tap_error(keeping_ask(&c, p[1], gifts), 0, "root is the keeper of another user's holder") ;
  raw_close(&c) ;
  close(p[1]) ;
  close(gifts[0]) ;
  close(gifts[1]) ;
  keeping_begin(&keeper, p[0]) ;
}

static int is_answered (unsigned int milliseconds)
{
  struct pollfd x = { .fd = client.fd, .events = POLLIN } ;
  return poll(&x, 1, (int)milliseconds) == 1 ;
}

 /* Until one is not answered. */

static void fill (void)
{
  char body[WIRE_REQUEST_MAX] ;
  tain never ;
  raw_never(&never) ;
  for (unsigned int i = 0 ; i < STORES_MAX ; i++)
  {
    snprintf(last, sizeof(last), "a%u", i) ;
    if (!raw_put(&client, body, wire_pack_store(body, &never, last, strlen(last)), &file, 1)) tap_bail("send") ;
    if (!is_answered(SILENCE_MS)) return ;
    if (raw_answer(&client)) tap_bail("store") ;
  }
  tap_bail("the channel is never full") ;
}

 /* What was told last. */

static char const *read_all (void)
{
  static char text[sizeof(keeper.text)] ;
  char const *next ;
  while (strcmp(next = keeping_next(&keeper, 300), "nothing"))
  {
    strcpy(text, next) ;
    if (!strcmp(next, "end")) break ;
  }
  return text ;
}

int main (void)
{
  char want[sizeof(last) + 2] ;
  pid_t holder ;
  if (!testdaemon_isroot()) tap_skip_all("only root is somebody that others may not kill") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  preloaded_log_to("log") ;
  file = testfile() ;
  holder = start_holder() ;
  raw_must_connect(&client, "s", FRAME_NATIVE) ;
  raw_must_connect(&other, "s", FRAME_NATIVE) ;
  keep() ;
  fill() ;
  tap_int(is_answered(LATE_MS), 0, "what it cannot be told of waits") ;
  tap_int(raw_holds(&other, last), 0, "and is not so") ;
  raw_point_retrieve(&other, 0, "a0", file, "all else goes on") ;
  tap_int(preloaded_count_lines("log", "cannot be killed"), 1, "the log says why, once") ;
  snprintf(want, sizeof(want), "S:%s", last) ;
  tap_string(read_all(), want, "when the keeper reads it is told of all") ;
  tap_error(raw_answer(&client), 0, "and that is answered") ;
  raw_point_retrieve(&other, 0, last, file, "it is held") ;
  raw_close(&client) ;
  raw_close(&other) ;
  kill(holder, SIGTERM) ;
  waitpid(holder, 0, 0) ;
  return tap_done() ;
}
