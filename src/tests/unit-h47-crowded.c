/* ISC license. */

/* H47: a daemon of ours that has no place for a client is not taken for one of
   s6, and what is in the wrong dialect all the same is never taken without an
   acknowledgement. */

#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include <s6-activation/fdholder.h>

#include "support/rawclient.h"
#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { SLOTS = 16, SHORT_MILLISECONDS = 200, DENIED = 65531 } ;

#define BANNER READ("\0\0\0\24s6-fdholder 1.0 (b)\n")
#define TAKEN READ("\0\0\0\5R\1\1x\0"), SEND("\0\0\0\1\0", 1), READ("\0\0\0\1A"), SEND("\0\0\0\1\0", 0), STEP(STEP_WAITEOF), STEP(STEP_END)

static struct step const crowded[] = { STEP(STEP_ACCEPT), BANNER, SEND("~", 0), STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), TAKEN } ;
static struct step const twice[] = { STEP(STEP_ACCEPT), BANNER, SEND("~", 0), STEP(STEP_ACCEPT), BANNER, SEND("~", 0), STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), TAKEN } ;
static struct step const begun[] = { STEP(STEP_ACCEPT), BANNER, SEND("|", 1), STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), TAKEN } ;
static struct step const missed[] = { STEP(STEP_ACCEPT), BANNER, STEP(STEP_CLOSE), STEP(STEP_ACCEPT), READ("\0\0\0\5\0\0R\201\1x\0"), SEND("\0\0\0\1\0\0\26", 0), STEP(STEP_WAITEOF), STEP(STEP_END) } ;
static struct step const always[] = { STEP(STEP_ACCEPT), SEND("~", 0), STEP(STEP_ACCEPT), SEND("~", 0), STEP(STEP_ACCEPT), SEND("~", 0), STEP(STEP_ACCEPT), SEND("~", 0), STEP(STEP_ACCEPT), SEND("~", 0), STEP(STEP_ACCEPT), SEND("~", 0), STEP(STEP_ACCEPT), PAUSE(2 * SHORT_MILLISECONDS), STEP(STEP_END) } ;

static void check_scripted (char const *name, struct step const *steps)
{
  struct conversation c ;
  int fd ;
  conversation_start(&c, steps) ;
  tap_ok(!c.h.s6, "H47: %s: native in the end", name) ;
  fd = fdholder_retrieve_delete_g(&c.h, "x", &c.deadline) ;
  conversation_result(fd >= 0, 0, name) ;
  if (fd >= 0) close(fd) ;
  conversation_end(&c, name) ;
}

static void check_missed (void)
{
  struct conversation c ;
  int r ;
  conversation_start(&c, missed) ;
  r = fdholder_retrieve_delete_g(&c.h, "x", &c.deadline) ;
  conversation_result(r >= 0, EAGAIN, "H47: taken for s6's: nothing is taken") ;
  r = fdholder_delete_g(&c.h, "x", &c.deadline) ;
  conversation_result(r, EAGAIN, "H47: taken for s6's: and nothing else happens there") ;
  conversation_end(&c, "H47: taken for s6's") ;
}

static void check_always (void)
{
  pid_t pid = scripted_start("s", always) ;
  tain deadline ;
  fdholder h ;
  int r ;
  tain_now_g() ;
  tain_from_millisecs(&deadline, SHORT_MILLISECONDS) ;
  tain_add_g(&deadline, &deadline) ;
  r = fdholder_start_g(&h, "s", &deadline) ;
  conversation_result(r, ETIMEDOUT, "H47: no place until the deadline") ;
  tap_ok(fdholder_isconnected(&h), "H47: and that is no failure to connect") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
}

 /* A connection that the daemon has accepted and not heard yet. */

static int connect_mutely (void)
{
  int fd = raw_socket("holder", (uid_t)-1) ;
  if (fd < 0) tap_bail("connect") ;
  return fd ;
}

static size_t hear_all (int fd, char *s, size_t max)
{
  size_t len = 0 ;
  for (;;)
  {
    ssize_t r ;
    errno = 0 ;  /* and stays so at the end */
    r = read(fd, s + len, max - len) ;
    if (r <= 0) break ;
    len += r ;
  }
  close(fd) ;
  return len ;
}

static void check_what_is_said (struct rawclient *crowd)
{
  char s[16] ;
  struct rawclient c ;
  int fd ;
  size_t len = hear_all(connect_mutely(), s, sizeof(s)) ;
  tap_bytes(s, len, "~", 1, "H47: who is closed in the room is told so") ;
  raw_must_connect(&c, "holder", FRAME_S6) ;
  tap_ok(raw_isclosed(&c), "H47: whatever it speaks") ;
  raw_close(&c) ;
  raw_close(crowd) ;
  fd = connect_mutely() ;
  send(fd, "\0\0\0\24", 4, MSG_NOSIGNAL) ;
  len = hear_all(fd, s, sizeof(s)) ;
  tap_bytes(s, len, "~", 1, "H47: so is who has a place and is too slow to say what it speaks") ;
}

 /* The crowd leaves when the client has been turned away once. */

static void take_in_the_crowd (struct rawclient *crowd)
{
  fdholder h ;
  tain deadline ;
  int fd ;
  for (unsigned int i = 0 ; i < SLOTS ; i++) raw_close(crowd + i) ;  /* the parent's copies count */
  tain_now_g() ;
  tain_addsec_g(&deadline, 20) ;
  if (!fdholder_start_g(&h, "holder", &deadline)) _exit(2) ;
  if (h.s6) _exit(1) ;
  fd = fdholder_retrieve_delete_g(&h, "x", &deadline) ;
  _exit(fd >= 0 ? 0 : 3) ;
}

static void check_crowd (struct rawclient *crowd)
{
  int status ;
  char s[16] ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) take_in_the_crowd(crowd) ;
  hear_all(connect_mutely(), s, sizeof(s)) ;  /* who waits is turned away together */
  for (unsigned int i = 0 ; i < SLOTS ; i++) raw_close(crowd + i) ;
  waitpid(pid, &status, 0) ;
  tap_int(wait_estatus(status), 0, "H47: a client that was turned away takes natively, when there is a place") ;
}

static void fill (struct rawclient *crowd)
{
  for (unsigned int i = 0 ; i < SLOTS ; i++) raw_must_connect(crowd + i, "holder", FRAME_NATIVE) ;
}

static void check_daemon (void)
{
  static struct testdaemon holder ;
  static struct rawclient crowd[SLOTS] ;
  int file = testfile() ;
  testdaemon_start(&holder, "holder", (char const *const []){ "-v", "0", "-c", "16", "-t", "0", 0 }) ;
  fill(crowd) ;
  raw_must_store(crowd, "x", file) ;
  check_crowd(crowd) ;
  testdaemon_finish(&holder) ;
  close(file) ;
}

static void check_told (void)
{
  static struct testdaemon holder ;
  static struct rawclient crowd[SLOTS] ;
  testdaemon_start(&holder, "holder", (char const *const []){ "-v", "0", "-c", "16", "-t", "500", 0 }) ;
  fill(crowd) ;
  check_what_is_said(crowd) ;
  for (unsigned int i = 1 ; i < SLOTS ; i++) raw_close(crowd + i) ;
  testdaemon_finish(&holder) ;
}

 /* Who is the holder's own user may keep what is held even without a rule, so he is another. */

static void check_denied (void)
{
  static struct testdaemon holder ;
  char s[16] ;
  testdaemon_forget_rules() ;
  testdaemon_deny("uid/default") ;
  testdaemon_start(&holder, "holder", (char const *const []){ "-v", "0", 0 }) ;
  tap_bytes(s, hear_all(raw_socket("holder", DENIED), s, sizeof(s)), "", 0, "H47: who may not connect is told nothing") ;
  tap_int(errno, 0, "H47: and closed at once") ;
  testdaemon_finish(&holder) ;
}

int main (void)
{
  signal(SIGPIPE, SIG_DFL) ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  check_scripted("turned away", crowded) ;
  check_scripted("turned away twice", twice) ;
  check_scripted("the handshake ends half-way", begun) ;
  check_missed() ;
  check_always() ;
  check_daemon() ;
  check_told() ;
  if (testdaemon_isroot()) check_denied() ;
  return tap_done() ;
}
