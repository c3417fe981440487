/* ISC license. */

/* H33 in the library: every wait ends at the deadline, a full backlog is waited
   for, and which of the failures were failures to connect can be told. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "libs6activation/fdclient.h"
#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { BACKLOG_MAX = 16, LATE = 300 /* milliseconds */, PATIENCE = 10 /* seconds */ } ;

static struct step const mute[] = { STEP(STEP_ACCEPT), READ("\0\0\0\24s6-fdholder 1.0 (b)\n"), STEP(STEP_WAITEOF), STEP(STEP_END) } ;
static struct step const slow_banner[] = { STEP(STEP_ACCEPT), PAUSE(400), STEP(STEP_END) } ;
static struct step const silent[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\1L"), STEP(STEP_WAITEOF), STEP(STEP_END) } ;
static struct step const half[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\1L"), SEND("\0\0", 0), STEP(STEP_WAITEOF), STEP(STEP_END) } ;
static struct step const denied[] = { STEP(STEP_ACCEPT), STEP(STEP_ACCEPT), STEP(STEP_CLOSE), STEP(STEP_END) } ;
static struct step const echo[] = { STEP(STEP_ACCEPT), READ("\0\0\0\24s6-fdholder 1.0 (b)\n"), SEND("\0\0\0\24s6-fdholder 1.0 (b)\n", 0), STEP(STEP_WAITEOF), STEP(STEP_END) } ;
static struct step const longer[] = { STEP(STEP_ACCEPT), STEP(STEP_LONGBANNER), STEP(STEP_WAITEOF), STEP(STEP_END) } ;
static struct step const strange[] = { STEP(STEP_ACCEPT), SEND("220 hello\r\n", 0), STEP(STEP_WAITEOF), STEP(STEP_END) } ;

static void after (tain *deadline, unsigned int milliseconds)
{
  tain_now_g() ;
  tain_from_millisecs(deadline, milliseconds) ;
  tain_add_g(deadline, deadline) ;
}

static unsigned int milliseconds_since (tain const *start)
{
  tain elapsed ;
  tain_now_g() ;
  tain_sub(&elapsed, &STAMP, start) ;
  return tain_to_millisecs(&elapsed) ;
}

static void check_start (char const *name, char const *path, int want, int connected, unsigned int least, unsigned int most)
{
  unsigned int before = count_open_fds() ;
  fdholder h ;
  tain deadline, start ;
  unsigned int elapsed ;
  int r ;
  after(&deadline, 200) ;
  start = STAMP ;
  r = fdholder_start_g(&h, path, &deadline) ;
  conversation_result(r, want, name) ;
  elapsed = milliseconds_since(&start) ;
  tap_least(elapsed, least, "%s: not before the deadline, in milliseconds", name) ;
  tap_most(elapsed, most, "%s: in time, in milliseconds", name) ;
  tap_int(fdholder_isconnected(&h), connected, "%s: it was %sthe connection that failed", name, connected ? "not " : "") ;
  if (r) fdholder_end(&h) ;
  tap_int(count_open_fds(), before, "%s: nothing stays open", name) ;
}

static void check_scripted (char const *name, struct step const *steps, int want)
{
  pid_t pid = scripted_start("s", steps) ;
  check_start(name, "s", want, 1, want == ETIMEDOUT ? 190 : 0, 1500) ;
  scripted_done(pid) ;
}

 /* skalibs keeps the event pipe open there: descriptors are not counted. */

static void check_banner (void)
{
  pid_t pid = scripted_start("s", longer) ;
  fdholder h ;
  tain deadline ;
  int r ;
  after(&deadline, 5000) ;
  r = fdholder_start_g(&h, "s", &deadline) ;
  conversation_result(r, EPROTO, "a banner that is too long") ;
  tap_ok(fdholder_isconnected(&h), "a banner that is too long: it was not the connection that failed") ;
  scripted_done(pid) ;
}

static void check_list (char const *name, struct step const *steps)
{
  struct conversation c ;
  stralloc ids = STRALLOC_ZERO ;
  size_t count ;
  tain start ;
  conversation_start(&c, steps) ;
  after(&c.deadline, 200) ;
  start = STAMP ;
  conversation_result(fdholder_list_g(&c.h, &ids, &count, &c.deadline), ETIMEDOUT, name) ;
  tap_least(milliseconds_since(&start), 190, "%s: not before the deadline, in milliseconds", name) ;
  tap_error(fdholder_delete_g(&c.h, "x", &c.deadline) ? 0 : errno, ETIMEDOUT, "%s: the connection is of no more use", name) ;
  conversation_end(&c, name) ;
}

 /* As many connections as the backlog of that socket still takes. */

static unsigned int fill_backlog (int *clients)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "full" } ;
  for (unsigned int n = 0 ; n < BACKLOG_MAX ; n++)
  {
    clients[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) ;
    if (connect(clients[n], (struct sockaddr *)&address, sizeof(address)) == 0) continue ;
    if (errno != EAGAIN) tap_bail("connect") ;
    close(clients[n]) ;
    return n ;
  }
  tap_bail("the backlog does not fill") ;
}

 /* A listening socket that nobody accepts from. */

static int listen_briefly (void)
{
  int fd = testdaemon_listen("full") ;
  if (listen(fd, 0) == -1) tap_bail("listen") ;
  return fd ;
}

 /* Lets the backlog empty after a while, takes the next connection for a
    native one and refuses it when the backlog is full again, which lasts for
    another while. */

static void serve_late (int fd, unsigned int n)
{
  int clients[BACKLOG_MAX] ;
  int native ;
  alarm(PATIENCE) ;
  test_sleep(LATE) ;
  while (n--) close(accept(fd, 0, 0)) ;
  native = accept(fd, 0, 0) ;
  n = fill_backlog(clients) ;
  close(native) ;
  test_sleep(LATE) ;
  while (n--) close(accept(fd, 0, 0)) ;
  accept(fd, 0, 0) ;
  test_sleep(LATE) ;
  _exit(0) ;
}

static void check_backlog (void)
{
  int clients[BACKLOG_MAX] ;
  int fd = listen_briefly() ;
  unsigned int n = fill_backlog(clients) ;
  tain deadline, start ;
  fdholder h ;
  pid_t pid ;
  int r ;
  check_start("a full backlog", "full", ETIMEDOUT, 0, 190, 1500) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid) serve_late(fd, n) ;
  close(fd) ;
  after(&deadline, 5000) ;
  start = STAMP ;
  r = fdholder_start_g(&h, "full", &deadline) ;
  conversation_result(r, 0, "a backlog that empties is waited for") ;
  tap_least(milliseconds_since(&start), 2 * LATE - 10, "both times, in milliseconds") ;
  if (r)
  {
    tap_ok(h.s6, "the second one for s6's dialect") ;
    fdholder_end(&h) ;
  }
  waitpid(pid, 0, 0) ;
  while (n--) close(clients[n]) ;
}

static void check_pause (void)
{
  unsigned int pause = 10000 ;
  tain deadline, start ;
  int r ;
  after(&deadline, 100) ;
  start = STAMP ;
  r = fdclient_pause(&pause, &deadline, &STAMP) ;
  conversation_result(r, 0, "a pause ends") ;
  tap_most(milliseconds_since(&start), 5000, "at the deadline, in milliseconds") ;
  r = fdclient_pause(&pause, &deadline, &STAMP) ;
  conversation_result(r, ETIMEDOUT, "another one does not begin") ;
}

int main (void)
{
  signal(SIGPIPE, SIG_DFL) ;
  check_pause() ;
  check_scripted("no handshake", mute, ETIMEDOUT) ;
  check_scripted("a slow handshake", slow_banner, ETIMEDOUT) ;
  check_scripted("a daemon of another kind", strange, EPROTO) ;
  check_scripted("one that says what it hears", echo, EPROTO) ;
  check_banner() ;
  check_start("no such path", "nothing", ENOENT, 0, 0, 100) ;
  check_start("a path that is too long", "0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789", ENAMETOOLONG, 0, 0, 100) ;
  check_list("no answer", silent) ;
  check_list("half an answer", half) ;
  check_backlog() ;
  {
    struct conversation c ;
    conversation_start(&c, denied) ;
    tap_ok(c.h.s6, "closed at once: s6's dialect is tried") ;
    conversation_result(fdholder_delete_g(&c.h, "x", &c.deadline), EPIPE, "closed again") ;
    conversation_end(&c, "closed again") ;
  }
  return tap_done() ;
}
