/* ISC license. */

/* H29 in the daemon that is not root: dumps that nobody reads take no more of
   what the kernel lets it have in flight than their share, so that others are
   served at once. Where all of it is taken, by another process of its user,
   a client waits, without the daemon spinning, and is served when there is
   room again. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/users.h"

enum { FILES_MAX = 916, HELD = 500, FRAME = 250, UNREAD = 8, MESSAGES = 4, WAIT_MILLISECONDS = 300, CPU_MAX = 100, SERVED_MILLISECONDS = 3000 } ;

static void fill (struct rawclient *c)
{
  static char names[HELD][8] ;
  char const *ids[HELD] ;
  int fds[HELD] ;
  int file = testfile() ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    snprintf(names[i], sizeof(names[i]), "%u", i) ;
    ids[i] = names[i] ;
    fds[i] = file ;
  }
  if (raw_setdump(c, HELD)) tap_bail("setdump") ;
  raw_dumpframe(c, ids, fds, FRAME) ;
  tap_error(raw_dumpframe(c, ids + FRAME, fds + FRAME, HELD - FRAME), 0, "the daemon holds %u", HELD) ;
  close(file) ;
}

static int has_answer (struct rawclient const *c, int milliseconds)
{
  struct pollfd x = { .fd = c->fd, .events = POLLIN } ;
  return poll(&x, 1, milliseconds) > 0 ;
}

static void check_served (struct rawclient *c, char const *name)
{
  if (!tap_ok(has_answer(c, SERVED_MILLISECONDS), "%s", name)) return ;
  tap_error(raw_answer(c), 0, "%s: with success", name) ;
  tap_int(c->nfds, 1, "%s: and one descriptor", name) ;
  raw_drop_fds(c) ;
}

 /* A process of the daemon's user that has more descriptors in flight than the daemon may have. */

static pid_t fill_flight (void)
{
  static char const byte = 0 ;
  int fds[RAW_FDS_MAX] ;
  int s[2], p[2] ;
  char c ;
  pid_t pid ;
  if (pipe(p) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1) tap_bail("socketpair") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    for (unsigned int i = 0 ; i < RAW_FDS_MAX ; i++) fds[i] = s[0] ;
    if (setresuid(TEST_UID, TEST_UID, TEST_UID) == -1) _exit(1) ;
    for (unsigned int i = 0 ; i < MESSAGES ; i++) if (raw_send(s[1], &byte, 1, fds, RAW_FDS_MAX) != 1) _exit(1) ;
    close(p[0]) ;
    close(p[1]) ;
    pause() ;
    _exit(0) ;
  }
  close(s[0]) ;
  close(s[1]) ;
  close(p[1]) ;
  if (read(p[0], &c, 1)) tap_bail("read") ;
  close(p[0]) ;
  return pid ;
}

int main (void)
{
  static char const retrieve[] = "R\0\1" "7" ;
  struct rawclient greedy[UNREAD], innocent ;
  struct testdaemon d ;
  long cpu ;
  pid_t pid ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  users_start_other(&d, FILES_MAX, (char const *const []){ "-n", "500", "-c", "16", "-t", "2000", 0 }) ;
  if (!raw_connect(&innocent, d.path, TEST_UID_OTHER, FRAME_NATIVE)) tap_bail("connect") ;
  fill(&innocent) ;
  for (unsigned int i = 0 ; i < UNREAD ; i++)
    if (!raw_connect(greedy + i, d.path, -1, FRAME_S6) || !raw_put(greedy + i, "?", 1, 0, 0)) tap_bail("connect") ;
  has_answer(greedy + UNREAD - 1, WAIT_MILLISECONDS) ;
  raw_put(&innocent, retrieve, sizeof(retrieve), 0, 0) ;
  check_served(&innocent, "another user of their rule is served while they read nothing") ;
  for (unsigned int i = 0 ; i < UNREAD ; i++) raw_close(greedy + i) ;
  pid = fill_flight() ;
  cpu = preloaded_cpu(&d) ;
  raw_put(&innocent, retrieve, sizeof(retrieve), 0, 0) ;
  tap_ok(!has_answer(&innocent, WAIT_MILLISECONDS), "who finds no room waits") ;
  cpu = preloaded_cpu(&d) - cpu ;
  tap_most(cpu, CPU_MAX, "the daemon does not spin: milliseconds of processor time") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  check_served(&innocent, "and is served when there is some") ;
  raw_point_count(&innocent, HELD, "nothing is lost") ;
  pid = fill_flight() ;
  raw_put(&innocent, retrieve, sizeof(retrieve), 0, 0) ;
  tap_ok(!has_answer(&innocent, WAIT_MILLISECONDS), "who finds none again waits") ;
  if (tap_ok(has_answer(&innocent, SERVED_MILLISECONDS), "but not for longer than -t"))
    tap_ok(raw_isclosed(&innocent), "which is the end") ;
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  raw_close(&innocent) ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
