/* ISC license. */

/* H22, while the holder executes itself: one system call or allocation after
   the other fails, in the old image, in the trial, in the new one, until none
   does any more. Whatever comes of that, what is held is there, who was
   connected goes on, who waits is answered, and the next time it succeeds. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/faults.h"
#include "support/ledger.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/upgrading.h"

enum { KEPT = 3, CALLS_MAX = 4000, OUTCOME_MS = 1500, FIRST_ALL = 40 } ;

static struct ledger_entry entries[KEPT] =
{
  { "kept 1", -1, LEDGER_ABSENT, 1 }, { "kept 2", -1, LEDGER_ABSENT, 1 }, { "kept 3", -1, LEDGER_ABSENT, 1 }
} ;
static struct ledger ledger = { .entries = entries, .n = KEPT } ;
static struct faults *faults ;
static struct testdaemon holder ;
static struct rawclient native, s6, waiting ;
static int file ;

static unsigned int outcomes (void)
{
  return upgrading_count(UPGRADING_DONE) + upgrading_count(UPGRADING_REFUSED) + upgrading_count(UPGRADING_FAILED) ;
}

 /* The line that tells may be what fails. */

static void upgrade (void)
{
  unsigned int n = outcomes() ;
  double begun = test_seconds() ;
  kill(holder.pid, SIGUSR1) ;
  while (outcomes() == n && test_since(begun) < OUTCOME_MS) test_sleep(1) ;
}

 /* It is judged before anything is armed: who is read is not judged yet, and
    who is answered after him was. */

static void ask_to_wait (void)
{
  char body[WIRE_REQUEST_MAX] ;
  if (!raw_put(&waiting, body, wire_pack_retrieve(body, WIRE_RETRIEVE_WAIT, "w", 1), 0, 0)) tap_bail("send") ;
  raw_wait_until_read(waiting.fd) ;
  if (raw_list(&native)) tap_bail("list") ;
}

static int is_alive (void)
{
  siginfo_t info = { .si_pid = 0 } ;
  waitid(P_PID, (id_t)holder.pid, &info, WEXITED | WNOHANG | WNOWAIT) ;
  return !info.si_pid ;
}

static int wait_is_answered (void)
{
  int r ;
  if (raw_store(&s6, "w", 0, file)) return 0 ;
  r = !raw_answer(&waiting) && waiting.nfds == 1 && testfile_same(waiting.fds[0], file) ;
  raw_drop_fds(&waiting) ;
  return r && !raw_delete(&native, "w") ;
}

static char const *look (void)
{
  if (!is_alive()) return "the holder has died" ;
  if (raw_round(&native, "x", file)) return "a connection does not go on" ;
  if (raw_round(&s6, "x", file)) return "a connection of s6's dialect does not go on" ;
  if (!wait_is_answered()) return "who waited is not answered" ;
  return ledger_check(&ledger, holder.path) ? 0 : ledger.problem ;
}

static void start (void)
{
  static char const *const options[] = { "-v", "2", 0 } ;
  testdaemon_start(&holder, "s", options) ;
  raw_must_connect(&native, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&s6, holder.path, FRAME_S6) ;
  raw_must_connect(&waiting, holder.path, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < KEPT ; i++)
  {
    raw_must_store(&native, entries[i].id, entries[i].fd) ;
    entries[i].state = LEDGER_PRESENT ;
  }
}

static void until_none (enum fault_function function, unsigned int burst)
{
  char const *problem = 0 ;
  unsigned int k = 0, times = 0 ;
  do
  {
    k += k < FIRST_ALL ? 1 : 9 ;
    times++ ;
    ask_to_wait() ;
    faults_arm(faults, function, k, k + burst, 0) ;
    upgrade() ;
    faults_disarm(faults) ;
    problem = look() ;
  }
  while (!problem && faults->failed && k < CALLS_MAX) ;
  if (!tap_string(problem, 0, "%s: %u times", fault_names[function], times)) tap_diag("call %u to %u", k, k + burst) ;
  tap_most(k, CALLS_MAX - 1, "%s: its calls come to an end", fault_names[function]) ;
  if (problem) exit(tap_done()) ;  /* the rest needs a holder */
  tap_ok(upgrading_do(&holder) || upgrading_do(&holder), "%s: then it succeeds, if the last one is not under way still", fault_names[function]) ;
}

int main (void)
{
  static enum fault_function const functions[] =
  {
    FAULT_MALLOC, FAULT_REALLOC, FAULT_CALLOC, FAULT_OPEN, FAULT_READ, FAULT_PIPE2, FAULT_FCNTL, FAULT_MMAP, FAULT_WRITE,
    FAULT_GETSOCKOPT, FAULT_SIGNALFD, FAULT_SETRLIMIT, FAULT_POLL, FAULT_MEMFD_CREATE, FAULT_EXECV
  } ;
  upgrading_begin() ;
  faults = preloaded_begin() ;
  file = testfile() ;
  for (unsigned int i = 0 ; i < KEPT ; i++) entries[i].fd = testfile() ;
  start() ;
  for (unsigned int i = 0 ; i < sizeof(functions) / sizeof(*functions) ; i++) until_none(functions[i], 0) ;
  until_none(FAULT_MALLOC, 2) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
