/* ISC license. */

/* H28: nor can a crowd in the backlog keep another user out, nor those who
   are never silent. */

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum { SLOTS = 16, CROWD = 150, CHATTER_MILLISECONDS = 50, SERVED_MILLISECONDS = 4000 } ;

static struct testdaemon holder ;

static void must_serve_another (char const *name)
{
  struct rawclient c ;
  double begun = test_seconds(), took ;
  if (tap_ok(raw_connect(&c, "s", TEST_UID, FRAME_NATIVE), "H28: %s: another user is let in", name))
    tap_error(raw_list(&c), 0, "H28: %s: another user is served", name) ;
  took = test_seconds() - begun ;
  timing_most(took, SERVED_MILLISECONDS, "H28: %s: soon", name) ;
  tap_diag("%.3f s", took) ;
  raw_close(&c) ;
}

static void check_crowd (void)
{
  int fds[CROWD] ;
  for (unsigned int i = 0 ; i < CROWD ; i++)
    if ((fds[i] = raw_socket("s", (uid_t)-1)) < 0) tap_bail("connect") ;
  must_serve_another("a crowd in the backlog") ;
  for (unsigned int i = 0 ; i < CROWD ; i++) close(fds[i]) ;
}

static void chatter (int ready)
{
  struct rawclient c[SLOTS] ;
  for (unsigned int i = 0 ; i < SLOTS ; i++) raw_must_connect(c + i, "s", FRAME_S6) ;
  for (;;)
  {
    for (unsigned int i = 0 ; i < SLOTS ; i++) raw_list(c + i) ;
    if (ready >= 0) close(ready) ;
    ready = -1 ;
    test_sleep(CHATTER_MILLISECONDS) ;
  }
}

static void check_chatter (void)
{
  char byte ;
  int p[2] ;
  pid_t pid ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    close(p[0]) ;
    chatter(p[1]) ;
  }
  close(p[1]) ;
  if (read(p[0], &byte, 1)) tap_bail("read") ;
  close(p[0]) ;
  must_serve_another("sixteen that are never silent") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
}

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-c", "16", "-n", "50", 0 }) ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to act as two users") ;
  check_crowd() ;
  check_chatter() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
