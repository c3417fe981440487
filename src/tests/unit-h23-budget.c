/* ISC license. */

/* H23: -n and -c against the hard limit of open files, at the exact need and
   one to either side: what is cut down is told, and then it works to the
   last descriptor with every place taken. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libfdholderd/budget.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { CONNECTIONS = 20, HELD = 10, CHANCES = 20, BASE = BUDGET_BASE + BUDGET_TRANSIENT + BUDGET_CLOSING + BUDGET_UNREAD, NEED = BASE + HELD + BUDGET_PER_CONNECTION * CONNECTIONS } ;

static void start (struct testdaemon *d, unsigned int hard, char const *const *options)
{
  char wrapper[64] ;
  snprintf(wrapper, sizeof(wrapper), "prlimit --nofile=%u:%u", hard, hard) ;
  setenv("DAEMON_WRAPPER", wrapper, 1) ;
  preloaded_log_to("log") ;
  testdaemon_start(d, "s", options) ;
}

 /* With so many connections, all native: how many descriptors it takes. */

static unsigned int fill (struct rawclient *clients, unsigned int n)
{
  int file = testfile() ;
  unsigned int held = 0 ;
  char id[32] ;
  int r ;
  do
  {
    snprintf(id, sizeof(id), "%u", held) ;
    r = raw_store(clients + held % n, id, 0, file) ;
  }
  while (!r && ++held) ;
  tap_error(r, ENFILE, "full is ENFILE") ;
  close(file) ;
  return held ;
}

 /* Everybody asks for one at the same time. How many get one. */

static unsigned int retrieve_each (struct rawclient *clients, unsigned int n)
{
  static char const body[] = "R\0\1" "0" ;
  unsigned int good = 0 ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (!raw_put(clients + i, body, sizeof(body), 0, 0)) tap_bail("send") ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    good += !raw_answer(clients + i) && clients[i].nfds == 1 ;
    raw_drop_fds(clients + i) ;
  }
  return good ;
}

 /* What others of the same user, who is not root, have on its way is counted, too. */

static unsigned int all_retrieve (struct testdaemon const *d, struct rawclient *clients, unsigned int n)
{
  unsigned int good = retrieve_each(clients, n) ;
  for (unsigned int i = 0 ; i < CHANCES && good < n && geteuid() ; i++)
  {
    for (unsigned int j = 0 ; j < n ; j++) raw_close(clients + j) ;
    tap_diag("%u of %u: once more", good, n) ;
    test_sleep(100) ;
    for (unsigned int j = 0 ; j < n ; j++) raw_must_connect(clients + j, d->path, FRAME_NATIVE) ;
    good = retrieve_each(clients, n) ;
  }
  return good ;
}

static void check (char const *name, unsigned int hard, char const *const *options, unsigned int connections, unsigned int held, unsigned int warnings)
{
  struct rawclient clients[CONNECTIONS] ;
  struct testdaemon d ;
  unsigned int n = 0 ;
  start(&d, hard, options) ;
  tap_int(preloaded_count_lines("log", "cut down"), warnings, "%s: %u warnings", name, warnings) ;
  while (n < connections && raw_connect(clients + n, d.path, -1, FRAME_NATIVE)) n++ ;
  tap_int(n, connections, "%s: %u connections", name, connections) ;
  tap_int(fill(clients, n), held, "%s: %u held", name, held) ;
  if (held) tap_int(all_retrieve(&d, clients, n), n, "%s: every connection retrieves", name) ;
  while (n) raw_close(clients + --n) ;
  testdaemon_finish(&d) ;
}

int main (void)
{
  static char const *const both[] = { "-c", "20", "-n", "10", 0 } ;
  static char const *const connections[] = { "-c", "20", 0 } ;
  preloaded_need("prlimit") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  if (testdaemon_isslow()) tap_skip_all("wrappers and sanitizers open descriptors of their own") ;
  check("at the need", NEED, both, CONNECTIONS, HELD, 0) ;
  check("one more", NEED + 1, both, CONNECTIONS, HELD, 0) ;
  check("one less", NEED - 1, both, CONNECTIONS - 1, HELD, 1) ;
  check("the floor of -c", BASE + HELD + BUDGET_PER_CONNECTION * BUDGET_MAXCONN_FLOOR, both, BUDGET_MAXCONN_FLOOR, HELD, 1) ;
  check("one below it", BASE + HELD + BUDGET_PER_CONNECTION * BUDGET_MAXCONN_FLOOR - 1, both, BUDGET_MAXCONN_FLOOR, HELD - 1, 2) ;
  check("what is left", NEED, connections, CONNECTIONS, HELD, 0) ;
  return tap_done() ;
}
