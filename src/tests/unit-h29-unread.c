/* ISC license. */

/* H29, H42: in a daemon that is not root, descriptors that are sent and never
   read are charged to its user. Clients that ask and never read take no more
   than their share, whether their connections stay or are closed: a client
   with a rule of its own is served. Argument: seconds for each attack (2). */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"
#include "support/users.h"

enum
{
  ATTACKER = 65531,
  FILES_MAX = 1024,
  HANDSHAKES = 1025,
  GREEDY = 4,
  REQUESTS = 600,
  SERVED_MAX = 100000,
  WORST_MS = 1000,
  MEDIAN_MS = 50
} ;

static struct testdaemon holder ;

 /* Both keep all that they have open, and read nothing. */

static void handshakes (void)
{
  char frame[64] ;
  size_t len = raw_frame(FRAME_NATIVE, frame, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, 0) ;
  for (unsigned int i = 0 ; i < HANDSHAKES ; i++)
  {
    int fd = raw_socket("s", ATTACKER) ;
    raw_send(fd, frame, len, 0, 0) ;
    if (i % 16 == 15) test_sleep(1) ;
  }
}

static void greed (void)
{
  static char const body[] = "R\0\1" "x" ;
  struct rawclient c[GREEDY] ;
  for (unsigned int i = 0 ; i < GREEDY ; i++) raw_connect(c + i, "s", ATTACKER, FRAME_S6) ;
  for (unsigned int n = 0 ; n < REQUESTS ; n++)
    for (unsigned int i = 0 ; i < GREEDY ; i++) raw_put(c + i, body, sizeof(body), 0, 0) ;
}

static pid_t begin_attack (void (*attack) (void))
{
  struct rlimit rl = { .rlim_cur = 2 * HANDSHAKES, .rlim_max = 2 * HANDSHAKES } ;
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  setrlimit(RLIMIT_NOFILE, &rl) ;
  alarm(600) ;
  (*attack)() ;
  for (;;) pause() ;
}

static void check (char const *name, void (*attack) (void), double seconds)
{
  static double took[SERVED_MAX] ;
  unsigned int n = 0, refused = 0 ;
  double end = test_seconds() + seconds ;
  pid_t pid = begin_attack(attack) ;
  for (; test_seconds() < end && n < SERVED_MAX ; n++)
  {
    struct rawclient c ;
    double begun = test_seconds() ;
    int fd = -1 ;
    refused += !raw_connect(&c, "s", TEST_UID_OTHER, n % 2 ? FRAME_S6 : FRAME_NATIVE) || raw_retrieve(&c, 0, "x", &fd) ;
    took[n] = test_seconds() - begun ;
    if (fd >= 0) close(fd) ;
    raw_close(&c) ;
    test_sleep(20) ;
  }
  kill(pid, SIGKILL) ;
  waitpid(pid, 0, 0) ;
  tap_least(n, 1, "H29: %s: others come", name) ;
  tap_int(refused, 0, "H29: %s: and are served", name) ;
  timing_most(timing_percentile(took, n, 100), WORST_MS, "H29: %s: within a second", name) ;
  timing_most(timing_percentile(took, n, 50), MEDIAN_MS, "H29: %s: and mostly at once", name) ;
}

 /* What the attacker had is given back when he has gone. */

static void check_served_again (int file, char const *name)
{
  struct rawclient c ;
  if (tap_ok(raw_connect(&c, "s", ATTACKER, FRAME_NATIVE), "H29: %s is let in again", name))
    raw_point_retrieve(&c, 0, "x", file, "H29: %s is served again", name) ;
  raw_close(&c) ;
}

int main (int argc, char const *const *argv)
{
  double seconds = argc > 1 ? atof(argv[1]) : 2 ;
  struct rawclient c ;
  int file ;
  signal(SIGPIPE, SIG_IGN) ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/65532") ;
  testdaemon_allow("uid/65531", 0, ".", "") ;
  users_start_other(&holder, FILES_MAX, (char const *const []){ "-v", "0", "-n", "50", 0 }) ;
  file = testfile() ;
  if (!raw_connect(&c, "s", TEST_UID_OTHER, FRAME_S6) || raw_store(&c, "x", 0, file)) tap_bail("store") ;
  raw_close(&c) ;
  check("1,025 handshakes whose pipes stay unread", &handshakes, seconds) ;
  check_served_again(file, "the attacker, who has gone,") ;
  check("one who asks and asks, and reads nothing", &greed, seconds) ;
  check_served_again(file, "this one, who has gone too,") ;
  close(file) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
