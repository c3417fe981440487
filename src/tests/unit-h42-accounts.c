/* ISC license. */

/* H42, H28: neither one user, nor a crowd of users under one rule, keeps a
   client out that has a rule of its own, whatever they do with their
   connections. Each attack begins on a holder that has seen none. Argument:
   seconds for each attack (2). */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum
{
  CROWD = 400,
  CROWD_UID = 200000,
  CROWD_UIDS = 65536,
  TICK_MS = 10,
  END_EACH_MS = 700,
  SERVED_MAX = 100000,
  WORST_MS = 1000,
  MEDIAN_MS = 50
} ;

struct attack
{
  char const *name ;
  unsigned int uids ;  /* each connection comes from the next one of so many */
  unsigned int ischatty : 1 ;  /* asks for what it may not have, again and again */
  unsigned int isfickle : 1 ;  /* all connections are given up, and made anew, all the time */
  unsigned int isserved : 1 ;  /* each asks once, at its beginning */
} ;

static struct attack const attacks[] =
{
  { "a user who may only connect, and ends one connection each 0.7 s", .uids = 1 },
  { "the same, never silent", .uids = 1, .ischatty = 1 },
  { "65,536 users under one rule", .uids = CROWD_UIDS },
  { "the same, never silent", .uids = CROWD_UIDS, .ischatty = 1 },
  { "the same, who come and go", .uids = CROWD_UIDS, .isfickle = 1 },
  { "the same, who ask once and go", .uids = CROWD_UIDS, .isfickle = 1, .isserved = 1 }
} ;

static struct testdaemon holder ;
static int fds[CROWD] ;
static unsigned int next_user ;

static int connect_as (uid_t uid)
{
  struct sockaddr_un sa = { .sun_family = AF_UNIX, .sun_path = "s" } ;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) ;
  if (fd < 0 || seteuid(uid) == -1) _exit(1) ;
  if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1)
  {
    close(fd) ;
    fd = -1 ;
  }
  if (seteuid(0) == -1) _exit(1) ;
  return fd ;
}

static int is_closed (int fd)
{
  char buffer[256] ;
  ssize_t r ;
  do r = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) ;
  while (r > 0) ;
  return !r || errno != EAGAIN ;
}

static void tick (struct attack const *a, unsigned int i)
{
  char request[16] ;
  size_t len = raw_frame(FRAME_S6, request, "L", 1, 0) ;
  if (fds[i] >= 0 && is_closed(fds[i]))
  {
    close(fds[i]) ;
    fds[i] = -1 ;
  }
  if (fds[i] < 0)
  {
    fds[i] = connect_as(CROWD_UID + next_user++ % a->uids) ;
    if (!a->isserved) return ;
  }
  else if (!a->ischatty) return ;
  (void)!send(fds[i], request, len, MSG_NOSIGNAL | MSG_DONTWAIT) ;
}

static void end_one (unsigned int i)
{
  if (fds[i] >= 0) close(fds[i]) ;
  fds[i] = -1 ;
}

static void besiege (struct attack const *a, int ready)
{
  double ended = test_seconds() ;
  for (unsigned int i = 0 ; i < CROWD ; i++) fds[i] = -1 ;
  for (unsigned int turn = 0 ;; turn++)
  {
    for (unsigned int i = 0 ; i < CROWD ; i++) tick(a, i) ;
    if (turn == 10) close(ready) ;
    if (a->isfickle) for (unsigned int i = turn % 8 ; i < CROWD ; i += 8) end_one(i) ;
    else if (test_seconds() - ended > END_EACH_MS / 1000.0)
    {
      ended = test_seconds() ;
      end_one((unsigned int)random() % CROWD) ;
    }
    test_sleep(TICK_MS) ;
  }
}

static pid_t begin_attack (struct attack const *a)
{
  char c ;
  int p[2] ;
  pid_t pid ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    close(p[0]) ;
    besiege(a, p[1]) ;
  }
  close(p[1]) ;
  if (read(p[0], &c, 1)) tap_bail("read") ;
  close(p[0]) ;
  return pid ;
}

static double took[SERVED_MAX] ;

static void check (struct attack const *a, double seconds)
{
  double end ;
  unsigned int n = 0, refused = 0 ;
  pid_t pid ;
  testdaemon_start_on(&holder, testdaemon_listen("s"), "s", (char const *const []){ "-v", "0", "-n", "50", 0 }) ;
  pid = begin_attack(a) ;
  for (end = test_seconds() + seconds ; test_seconds() < end && n < SERVED_MAX ; n++)
  {
    struct rawclient c ;
    double begun = test_seconds() ;
    refused += !raw_connect(&c, "s", TEST_UID, n % 2 ? FRAME_NATIVE : FRAME_S6) || raw_list(&c) ;
    took[n] = test_seconds() - begun ;
    raw_close(&c) ;
    test_sleep(20) ;
  }
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  tap_least(n, 1, "H42: %s: a client with a rule of its own asks", a->name) ;
  tap_int(refused, 0, "H42: %s: and is refused never", a->name) ;
  timing_most(timing_percentile(took, n, 100), WORST_MS, "H42: served within a second") ;
  timing_most(timing_percentile(took, n, 50), MEDIAN_MS, "H42: and mostly at once") ;
  tap_diag("asked %u times, worst %.0f ms, median %.1f ms", n, timing_percentile(took, n, 100) * 1000, timing_percentile(took, n, 50) * 1000) ;
  testdaemon_finish(&holder) ;
}

int main (int argc, char const *const *argv)
{
  double seconds = argc > 1 ? atof(argv[1]) : 2 ;
  signal(SIGPIPE, SIG_IGN) ;
  testdaemon_workdir() ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to act as many users") ;
  testdaemon_allow("uid/default", 0, 0, "") ;
  testdaemon_allow_all("uid/65533") ;
  for (unsigned int i = 0 ; i < sizeof(attacks) / sizeof(*attacks) ; i++) check(attacks + i, seconds) ;
  return tap_done() ;
}
