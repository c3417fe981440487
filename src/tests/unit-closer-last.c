/* ISC license. */

/* closer.h: when we die, helpers hang up on our clients, and on nobody else: what was
   only to be closed when another image took over may be a connection of others, who
   go on. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "libdaemon/closer.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { PATIENCE_MS = 10000 } ;

struct ends
{
  int ours[2] ;  /* a connection of a client */
  int others[2] ;  /* one that others have, too */
  int end[2] ;  /* a pipe: at its end when the table is closed */
} ;

static void make (struct ends *e)
{
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, e->ours) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, e->others) == -1) tap_bail("socketpair") ;
  if (pipe(e->end) == -1) tap_bail("pipe") ;
}

 /* The daemon, in the moment after its exec. */

static void be_daemon (struct ends const *e)
{
  static struct closer c ;
  close(e->ours[1]) ;
  close(e->others[1]) ;
  if (!closer_begin(&c, 0, 0)) _exit(1) ;
  closer_own(&c, e->ours[0], 1) ;
  closer_hand_over(&c, 1) ;
  closer_hand_over_last(&c, e->others[0]) ;
  kill(getpid(), SIGKILL) ;
}

static int is_there (int fd, unsigned int milliseconds)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, (int)milliseconds) == 1 ;
}

static void dies (void)
{
  struct ends e ;
  char byte ;
  int status ;
  pid_t pid ;
  make(&e) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) be_daemon(&e) ;
  close(e.end[1]) ;
  if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status)) tap_bail("daemon") ;
  tap_ok(is_there(e.end[0], PATIENCE_MS), "a daemon is killed: what it has is closed") ;
  tap_int(is_there(e.ours[1], 0) ? recv(e.ours[1], &byte, 1, 0) : -1, 0, "its client is told") ;
  tap_int(send(e.others[1], "x", 1, MSG_NOSIGNAL), 1, "what it was only to close goes on for others") ;
  tap_int(is_there(e.others[0], 0) ? recv(e.others[0], &byte, 1, 0) : -1, 1, "which hear each other") ;
}

int main (void)
{
  testdaemon_need_closers() ;
  dies() ;
  return tap_done() ;
}
