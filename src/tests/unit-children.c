/* ISC license. */

 /*
   The children of a super-server, and their clients: random arrivals and ends
   against a plain model; what a connection costs in memory, each from its own
   address.
 */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>

#include "../libsuperserver/internal.h"

#include "support/procstatus.h"
#include "support/tap.h"

enum
{
  PIDS = 3000,
  KEYS = 40,
  STEPS = 200000,
  SOME = 1000,
  MANY = 20000,
  BYTES_PER_CONNECTION = 160
} ;

 /* A server keeps its table until it ends: there is nothing that frees it. */

char const *__asan_default_options (void) ;
char const *__asan_default_options (void)
{
  return "detect_leaks=0" ;
}

static void make_key (unsigned char *key, uint32_t n)
{
  memset(key, 0, SUPERSERVER_KEYSIZE) ;
  memcpy(key + SUPERSERVER_KEYSIZE - sizeof(n), &n, sizeof(n)) ;
}

 /* owner[pid]: 0 not running, 1 running and not known, else 2 + the number of its key */

static int begin (struct connections *c, pid_t pid, unsigned char const *key)
{
  if (children_remove(&c->children, pid) || !connections_reserve(c)) return 0 ;
  connections_add(c, pid, key) ;
  return 1 ;
}

static int end (struct connections *c, pid_t pid, unsigned int owner)
{
  unsigned char key[SUPERSERVER_KEYSIZE] ;
  unsigned char expected[SUPERSERVER_KEYSIZE] ;
  struct child *child = children_remove(&c->children, pid) ;
  if (!child || child->pid != pid || connections_forget(c, child, key) != (owner != 1)) return 0 ;
  make_key(expected, owner - 2) ;
  return owner == 1 || !memcmp(key, expected, SUPERSERVER_KEYSIZE) ;
}

static int step (struct connections *c, unsigned int *owner, unsigned int *count, unsigned int *running)
{
  unsigned char key[SUPERSERVER_KEYSIZE] ;
  pid_t pid = 1 + rand() % (PIDS - 1) ;
  unsigned int k = rand() % KEYS ;
  make_key(key, k) ;
  if (connections_count(c, key) != count[k]) return 0 ;
  if (owner[pid])
  {
    if (!end(c, pid, owner[pid])) return 0 ;
    if (owner[pid] != 1) count[owner[pid] - 2]-- ;
    owner[pid] = 0 ;
    --*running ;
  }
  else
  {
    owner[pid] = rand() % 8 ? 2 + k : 1 ;
    if (!begin(c, pid, owner[pid] == 1 ? 0 : key)) return 0 ;
    if (owner[pid] != 1) count[k]++ ;
    ++*running ;
  }
  return children_running(&c->children) == *running && c->clients.count <= KEYS ;
}

 /* Points: every step, what runs after the last one, and that nothing is left then. */

static void check_model (void)
{
  static unsigned int owner[PIDS] ;
  static unsigned int count[KEYS] ;
  unsigned int running = 0, steps = 0, unknown = 0 ;
  static struct connections c ;  /* reachable at the end, so no leak */
  srand(1) ;
  connections_init(&c, 0, 0) ;
  while (steps < STEPS && step(&c, owner, count, &running)) steps++ ;
  if (!tap_int(steps, STEPS, "random arrivals and ends agree with the model")) return ;
  tap_least(running, 1, "some run after the last one") ;
  for (pid_t pid = 1 ; pid < PIDS ; pid++)
    if (owner[pid]) unknown += !end(&c, pid, owner[pid]) ;
  tap_int(unknown, 0, "each of them is known by its pid and its client") ;
  tap_int(c.clients.count, 0, "and no client is left") ;
}

 /* In bytes, from the kernel: pages that were touched, without huge ones. They are counted by
    looking: on some machines status and statm are 64 pages behind. */

static long resident (void)
{
  long kilobytes = procstatus_memory(getpid(), "Rss") ;
  return kilobytes < 0 ? 0 : 1024 * kilobytes ;
}

 /* The most that a child costs while their number grows, each of another client. */

static long cost_of_many (void)
{
  unsigned char key[SUPERSERVER_KEYSIZE] ;
  static struct connections c ;  /* reachable at the end, so no leak */
  long worst = 0 ;
  long before = 0 ;
  connections_init(&c, 0, 0) ;
  for (unsigned int i = 0 ; i < 2 ; i++) before = resident() ;  /* once for the pages of what it calls */
  for (uint32_t i = 0 ; i < MANY ; i++)
  {
    if (!connections_reserve(&c)) return 0 ;
    make_key(key, i) ;
    connections_add(&c, 100 + i, key) ;
    if (i >= SOME && !(i % 100))
    {
      long cost = (resident() - before) / i ;
      if (cost > worst) worst = cost ;
    }
  }
  return worst ;
}

int main (void)
{
  long cost ;
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) ;
  check_model() ;
  cost = cost_of_many() ;
  tap_diag("%ld bytes at most for each of %d to %d connections", cost, SOME, MANY) ;
  if (!getenv("SANITIZED"))
  {
    tap_least(cost, 1, "what a connection costs can be seen") ;
    tap_most(cost, BYTES_PER_CONNECTION, "at most %d bytes for each connection, each of another address", BYTES_PER_CONNECTION) ;
  }
  return tap_done() ;
}
