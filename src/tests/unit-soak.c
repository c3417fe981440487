/* ISC license. */

/* Mixed traffic of eight clients in both dialects, half of them killed again
   and again; slow, deaf and half-sent connections; a wall clock that jumps by
   hours, SIGHUP, rules that change. Memory and descriptors stay, a retrieve
   does not become slower, and everything that was acknowledged is there.
   Argument: for how many seconds (5), and a seed. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/faults.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/soaker.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum
{
  SECONDS = 5,
  LIMITED = 4,          /* entries that expire, long after the test */
  SAMPLES_MAX = 100000,
  NOISE_MICROSECONDS = 2000,         /* below it, a difference is the machine's; */
  NOISE_SHORT_MICROSECONDS = 30000,  /* with few samples, p99 is one of the worst */
  SHORT_SECONDS = 60,
  BEGIN_MILLISECONDS = 100,
  SETTLE_MILLISECONDS = 3000,
  GROWTH_KILOBYTES = 512,
  LAP_MILLISECONDS = 20,
  HOUR = 3600
} ;

struct soaking
{
  struct testdaemon holder ;
  struct rawclient probe ;
  struct soaker_shared *shared ;
  struct faults *faults ;
  pid_t pids[SOAKERS] ;
  int files[SOAKER_FILES] ;
  unsigned int samples[SAMPLES_MAX] ;  /* microseconds */
  unsigned int n ;
  unsigned int fds ;  /* the daemon's own */
  unsigned long killed ;
} ;

static char const *const limited[LIMITED] = { "limited 1", "limited 2", "limited 3", "limited 4" } ;

static int compare (void const *a, void const *b)
{
  unsigned int const *x = a, *y = b ;
  return *x < *y ? -1 : *x > *y ;
}

static unsigned int percentile99 (unsigned int *samples, unsigned int n)
{
  qsort(samples, n, sizeof(unsigned int), &compare) ;
  return n ? samples[n - 1 - n / 100] : 0 ;
}

static void probe (struct soaking *s)
{
  double start = test_seconds() ;
  int fd ;
  if (raw_retrieve(&s->probe, 0, limited[0], &fd)) tap_bail("the probe fails") ;
  close(fd) ;
  if (s->n < SAMPLES_MAX) s->samples[s->n++] = (test_seconds() - start) * 1e6 ;
}

static void restart (struct soaking *s, unsigned int i)
{
  s->pids[i] = soaker_start(s->shared, i, s->holder.path, rand()) ;
}

static void kill_one (struct soaking *s)
{
  unsigned int i = rand() % SOAKER_STEADY ;
  kill(s->pids[i], SIGKILL) ;
  waitpid(s->pids[i], 0, 0) ;
  s->killed++ ;
  restart(s, i) ;
}

static void disturb (struct soaking *s)
{
  char expression[64] ;
  switch (rand() % 8)
  {
    case 0 : s->faults->step = (rand() % 48 - 24) * HOUR ; break ;
    case 1 : kill(s->holder.pid, SIGHUP) ; break ;
    case 2 :
      snprintf(expression, sizeof(expression), "^(.*|%d)$", rand()) ;
      testdaemon_write("rules/uid/default/env/.new", expression) ;
      rename("rules/uid/default/env/.new", "rules/uid/default/env/S6_FDHOLDER_STORE_REGEX") ;
      break ;
    default : kill_one(s) ;
  }
}

 /* One second after another; p99 of this stretch, in microseconds. */

static unsigned int go_on (struct soaking *s, double seconds)
{
  double end = test_seconds() + seconds ;
  s->n = 0 ;
  for (unsigned int lap = 0 ; test_seconds() < end ; lap++)
  {
    probe(s) ;
    if (lap % 3 == 0) disturb(s) ;
    test_sleep(LAP_MILLISECONDS) ;
  }
  return percentile99(s->samples, s->n) ;
}

static void begin (struct soaking *s)
{
  tain limit ;
  testdaemon_start(&s->holder, "s", 0) ;
  test_sleep(BEGIN_MILLISECONDS) ;
  s->fds = testdaemon_count_fds(&s->holder) ;
  if (!raw_connect(&s->probe, s->holder.path, -1, FRAME_NATIVE)) tap_bail("connect") ;
  raw_limit(&limit, 1000L * 1000 * (HOUR / 2)) ;
  for (unsigned int i = 0 ; i < LIMITED ; i++)
    if (raw_store(&s->probe, limited[i], &limit, s->files[i])) tap_bail("store") ;
  s->shared = soaker_shared_new(s->files) ;
  for (unsigned int i = 0 ; i < SOAKERS ; i++) restart(s, i) ;
}

static void end_clients (struct soaking *s)
{
  for (unsigned int i = 0 ; i < SOAKERS ; i++) kill(s->pids[i], SIGKILL) ;
  for (unsigned int i = 0 ; i < SOAKERS ; i++) waitpid(s->pids[i], 0, 0) ;
  raw_close(&s->probe) ;
  s->faults->step = 0 ;
}

static void check_content (struct soaking *s, unsigned int *held)
{
  static struct ledger_entry entries[SOAKERS * SOAKER_IDS + LIMITED] ;
  struct ledger ledger = { .entries = entries, .n = SOAKERS * SOAKER_IDS + LIMITED } ;
  memcpy(entries, s->shared->entries, sizeof(s->shared->entries)) ;
  for (unsigned int i = 0 ; i < LIMITED ; i++)
  {
    struct ledger_entry const e = { .id = limited[i], .fd = s->files[i], .state = LEDGER_PRESENT } ;
    entries[SOAKERS * SOAKER_IDS + i] = e ;
  }
  if (!tap_ok(ledger_check(&ledger, s->holder.path), "everything acknowledged is there, and nothing else")) tap_diag("%s", ledger.problem) ;
  *held = 0 ;
  for (size_t i = 0 ; i < ledger.n ; i++) *held += entries[i].state == LEDGER_PRESENT ;
}

static unsigned int count_when_settled (struct testdaemon const *d, unsigned int want)
{
  for (unsigned int i = 0 ; i < SETTLE_MILLISECONDS / 10 && testdaemon_count_fds(d) != want ; i++) test_sleep(10) ;
  return testdaemon_count_fds(d) ;
}

static void tell (struct soaking *s)
{
  unsigned long operations = 0 ;
  for (unsigned int i = 0 ; i < SOAKERS ; i++)
  {
    operations += s->shared->operations[i] ;
    if (!tap_ok(!s->shared->problem[i][0], "client %u has seen nothing wrong", i)) tap_diag("%s", s->shared->problem[i]) ;
  }
  tap_diag("%lu operations, %lu clients killed", operations, s->killed) ;
}

int main (int argc, char const *const *argv)
{
  static struct soaking s ;
  double seconds = argc > 1 ? atof(argv[1]) : SECONDS ;
  unsigned int first, last, held, noise ;
  long memory, grown ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  s.faults = preloaded_begin() ;
  srand(argc > 2 ? atoi(argv[2]) : 1) ;
  for (unsigned int i = 0 ; i < SOAKER_FILES ; i++) s.files[i] = testfile() ;
  begin(&s) ;
  go_on(&s, seconds / 5) ;
  first = go_on(&s, seconds / 5) ;
  memory = testdaemon_resident(&s.holder) ;
  last = go_on(&s, seconds * 3 / 5) ;
  grown = testdaemon_resident(&s.holder) ;
  end_clients(&s) ;
  check_content(&s, &held) ;
  tell(&s) ;
  tap_most(grown, memory + GROWTH_KILOBYTES, "memory is flat, in kilobytes") ;
  noise = seconds < SHORT_SECONDS ? NOISE_SHORT_MICROSECONDS : NOISE_MICROSECONDS ;
  tap_most(last, 3 * (first > noise ? first : noise), "so is the time of a retrieve, in microseconds") ;
  tap_diag("memory %ld to %ld kB, p99 %u to %u us, %u samples", memory, grown, first, last, s.n) ;
  tap_int(count_when_settled(&s.holder, s.fds + held), s.fds + held, "no descriptor is left open") ;
  testdaemon_finish(&s.holder) ;
  return tap_done() ;
}
