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
#include "support/tap.h"
#include "support/testdaemon.h"

enum
{
  ATTACKER = 65531,
  HANDSHAKES = 1025,
  GREEDY = 4,
  REQUESTS = 600,
  SERVED_MAX = 100000,
  WORST_MS = 1000,
  MEDIAN_MS = 50
} ;

static struct testdaemon holder ;

static void start (void)
{
  char const *build = getenv("BUILD") ;
  char command[4200] ;
  snprintf(command, sizeof(command), "cp '%s/s6-fdholderd' . && chmod 755 s6-fdholderd", build && *build ? build : ".") ;
  if (system(command)) tap_bail("cp") ;
  setenv("BUILD", ".", 1) ;
  setenv("DAEMON_WRAPPER", "prlimit --nofile=1024:1024 setpriv --reuid 65533 --regid 65533 --clear-groups", 1) ;
  testdaemon_start_on(&holder, testdaemon_listen("s"), "s", (char const *const []){ "-v", "0", "-n", "50", 0 }) ;
}

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

static int compare (void const *a, void const *b)
{
  double x = *(double const *)a, y = *(double const *)b ;
  return x < y ? -1 : x > y ;
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
  qsort(took, n, sizeof(double), &compare) ;
  tap_ok(!refused, "H29: %s: others are served: %u of %u refused", name, refused, n) ;
  tap_ok(n && took[n - 1] * 1000 < WORST_MS * test_patience(), "H29: within a second: %.0f ms", n ? took[n - 1] * 1000 : 0) ;
  tap_ok(n && took[n / 2] * 1000 < MEDIAN_MS * test_patience(), "H29: and mostly at once: median %.1f ms", n ? took[n / 2] * 1000 : 0) ;
}

 /* What the attacker had is given back when he has gone. */

static int isserved_again (void)
{
  struct rawclient c ;
  int fd = -1 ;
  int r = raw_connect(&c, "s", ATTACKER, FRAME_NATIVE) && !raw_retrieve(&c, 0, "x", &fd) ;
  if (fd >= 0) close(fd) ;
  raw_close(&c) ;
  return r ;
}

int main (int argc, char const *const *argv)
{
  double seconds = argc > 1 ? atof(argv[1]) : 2 ;
  struct rawclient c ;
  int file ;
  signal(SIGPIPE, SIG_IGN) ;
  testdaemon_workdir() ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to start the daemon as somebody else") ;
  if (testdaemon_isslow()) tap_skip_all("its daemon runs under another wrapper") ;
  preloaded_need("setpriv") ;
  preloaded_need("prlimit") ;
  testdaemon_allow_all("uid/65532") ;
  testdaemon_allow("uid/65531", 0, ".", "") ;
  start() ;
  file = testfile() ;
  if (!raw_connect(&c, "s", TEST_UID_OTHER, FRAME_S6) || raw_store(&c, "x", 0, file)) tap_bail("store") ;
  raw_close(&c) ;
  check("1,025 handshakes whose pipes stay unread", &handshakes, seconds) ;
  tap_ok(isserved_again(), "H29: the attacker, who has gone, is served again") ;
  check("one who asks and asks, and reads nothing", &greed, seconds) ;
  tap_ok(isserved_again(), "H29: and so is this one") ;
  close(file) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
