/* ISC license. */

/* H42, H43: clients of several rules send as many descriptors whose close
   never returns as messages can carry, again and again, and are in nobody's
   way but their own: a client of another rule stores and retrieves within a
   second all the time, and the daemon does not run out of numbers. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum
{
  RULES = 4,  /* each of them a user */
  CONNECTIONS = 12,
  FIRST_UID = 65000,
  INNOCENT = 64999,
  ROUNDS = 100
} ;

static struct testdaemon holder ;
static int clients[RULES * CONNECTIONS] ;
static unsigned int nclients ;

 /* What is not read does not leave: nobody waits for it. */

static void send_stuck (uid_t uid, int stuck)
{
  int fds[RAW_FDS_MAX] ;
  int fd = raw_socket("s", uid) ;
  if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1) tap_bail("connect") ;
  for (unsigned int i = 0 ; i < RAW_FDS_MAX ; i++) fds[i] = stuck ;
  raw_send(fd, "\0\0\0\5S", 5, fds, RAW_FDS_MAX) ;
  clients[nclients++] = fd ;
}

static void allow (uid_t uid)
{
  char key[32] ;
  snprintf(key, sizeof(key), "uid/%u", (unsigned int)uid) ;
  testdaemon_allow_all(key) ;
}

static void attack (struct rawclient *c, int stuck, int file)
{
  double worst = 0 ;
  unsigned int failed = 0 ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    double took ;
    if (i < RULES * CONNECTIONS) send_stuck(FIRST_UID + i % RULES, stuck) ;
    took = test_seconds() ;
    failed += raw_round(c, "x", file) != 0 ;
    took = test_seconds() - took ;
    if (took > worst) worst = took ;
  }
  tap_int(failed, 0, "H43: every store, retrieve and delete of another succeeds, of %d", ROUNDS) ;
  timing_most(worst, 1000, "H42: within a second") ;
  tap_diag("worst %.3f s, %u descriptors open, %u closes wait", worst, testdaemon_count_fds(&holder), stuckfile_waiting()) ;
}

int main (void)
{
  struct rawclient c, newcomer ;
  char const *why ;
  int file ;
  testdaemon_need_closers() ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to act as several users") ;
  preloaded_need("prlimit") ;
  testdaemon_workdir() ;
  allow(INNOCENT) ;
  for (unsigned int i = 0 ; i < RULES ; i++) allow(FIRST_UID + i) ;
  setenv("DAEMON_WRAPPER", "prlimit --nofile=1024:4096", 1) ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-n", "100", "-T", "500", 0 }) ;
  if (!stuckfile_begin(&why))
  {
    tap_ok(1, "H43: a crowd # SKIP %s", why) ;
    testdaemon_finish(&holder) ;
    return tap_done() ;
  }
  file = testfile() ;
  if (!raw_connect(&c, "s", INNOCENT, FRAME_NATIVE)) tap_bail("connect") ;
  attack(&c, stuckfile_open(), file) ;
  if (tap_ok(raw_connect(&newcomer, "s", INNOCENT, FRAME_S6), "H43: there is a place for a new connection"))
    tap_error(raw_list(&newcomer), 0, "H43: and it is served") ;
  raw_close(&newcomer) ;
  raw_close(&c) ;
  while (nclients) close(clients[--nclients]) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
