/* ISC license. */

/* H41 in the library: SIGPIPE never comes out of a call, and the caller's
   disposition and signal mask are what they were. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static volatile sig_atomic_t caught = 0 ;

static void handler (int number)
{
  caught = number ;
}

static struct step const closes[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), STEP(STEP_CLOSE), STEP(STEP_END) } ;

static void check (char const *name, void (*disposition) (int))
{
  struct conversation c ;
  struct sigaction action = { .sa_handler = disposition } ;
  struct sigaction now ;
  sigset_t before, after ;
  sigaction(SIGPIPE, &action, 0) ;
  sigprocmask(SIG_SETMASK, 0, &before) ;
  conversation_start(&c, closes) ;
  sigaction(SIGPIPE, 0, &now) ;
  tap_ok(now.sa_handler == disposition, "%s: the disposition is back after fdholder_start", name) ;
  scripted_done(c.pid) ;
  conversation_result(fdholder_delete_g(&c.h, "x", &c.deadline), EPIPE, name) ;
  conversation_result(fdholder_store_g(&c.h, 0, "x", 0, &c.deadline), EPIPE, name) ;
  conversation_result(fdholder_retrieve_delete_g(&c.h, "x", &c.deadline) >= 0, EPIPE, name) ;
  sigaction(SIGPIPE, 0, &now) ;
  tap_ok(now.sa_handler == disposition, "%s: the disposition is the same after the other calls", name) ;
  sigprocmask(SIG_SETMASK, 0, &after) ;
  tap_int(sigismember(&after, SIGPIPE), sigismember(&before, SIGPIPE), "%s: so is the mask", name) ;
  tap_int(caught, 0, "%s: no signal came", name) ;
  fdholder_end(&c.h) ;
}

 /* The banner is sent by this: its reader has gone just before. */

static int listener = -1 ;

ssize_t sendmsg (int fd, struct msghdr const *msg, int flags)
{
  if (listener >= 0)
  {
    close(accept(listener, 0, 0)) ;
    close(listener) ;
    listener = -1 ;
  }
  return syscall(SYS_sendmsg, fd, msg, flags) ;
}

static void check_handshake (void)
{
  struct sigaction const action = { .sa_handler = &handler } ;
  fdholder h ;
  tain deadline ;
  int r ;
  listener = testdaemon_listen("gone") ;
  sigaction(SIGPIPE, &action, 0) ;
  tain_now_g() ;
  tain_addsec_g(&deadline, 5) ;
  r = fdholder_start_g(&h, "gone", &deadline) ;
  conversation_result(r, ECONNREFUSED, "gone before the banner: tried again") ;
  tap_int(listener, -1, "gone before the banner: a banner was sent") ;
  tap_int(caught, 0, "gone before the banner: no signal came") ;
}

 /* The numbers of both its descriptors are somebody else's after the first time. */

static void ends_once (void)
{
  static struct step const greets[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), STEP(STEP_END) } ;
  struct conversation c ;
  int fd, events, taken[2] ;
  conversation_start(&c, greets) ;
  fd = fdholder_fd(&c.h) ;
  events = fdholder_eventfd(&c.h) ;
  fdholder_end(&c.h) ;
  scripted_done(c.pid) ;
  tap_ok(fd >= 0 && events >= 0 && fcntl(fd, F_GETFD) == -1 && fcntl(events, F_GETFD) == -1, "fdholder_end closes both") ;
  taken[0] = fcntl(0, F_DUPFD, fd) ;
  taken[1] = fcntl(0, F_DUPFD, events) ;
  tap_ok(taken[0] == fd && taken[1] == events, "their numbers are free") ;
  fdholder_end(&c.h) ;
  tap_ok(fcntl(fd, F_GETFD) != -1 && fcntl(events, F_GETFD) != -1, "and not closed again by another fdholder_end") ;
}

int main (void)
{
  ends_once() ;
  check_handshake() ;
  check("default", SIG_DFL) ;
  check("ignored", SIG_IGN) ;
  check("caught", &handler) ;
  return tap_done() ;
}
