/* ISC license. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "faultykeeper.h"
#include "keeping.h"
#include "ledger.h"
#include "preloaded.h"
#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"
#include "upgrading.h"

enum { ONE = 1, GOES, DUMPED, DUMP = 3, ENTRIES = DUMPED + DUMP } ;
enum { FIRST_ALL = 24, STRIDE = 9, SLOWLY = 16, CALLS_MAX = 4000 } ;

static struct ledger_entry entries[ENTRIES] =
{
  { "kept", -1, LEDGER_ABSENT, 1 }, { "one", -1, LEDGER_ABSENT, 0 }, { "goes", -1, LEDGER_ABSENT, 0 },
  { "dumped 1", -1, LEDGER_ABSENT, 2 }, { "dumped 2", -1, LEDGER_ABSENT, 2 }, { "dumped 3", -1, LEDGER_ABSENT, 2 }
} ;
static struct ledger ledger = { .entries = entries, .n = ENTRIES } ;

void faultykeeper_start (struct faultykeeper *k)
{
  k->pid = keeping_try_start("2") ;
  if (!k->pid && k->faults->function == FAULT_NONE) tap_bail("no keeper") ;
}

void faultykeeper_kill (struct faultykeeper *k)
{
  kill(k->pid, SIGKILL) ;
  waitpid(k->pid, 0, 0) ;
  k->pid = 0 ;
}

void faultykeeper_begin (struct faultykeeper *k)
{
  char shim[4200] ;
  upgrading_begin() ;
  k->faults = preloaded_begin() ;
  preloaded_shim(shim, sizeof(shim)) ;
  setenv("FAULTS", "faults", 1) ;
  setenv("LD_PRELOAD", shim, 1) ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) entries[i].fd = testfile() ;
  faultykeeper_start(k) ;
  k->ended = 0 ;
  ledger_put(entries, "s") ;
  entries[0].state = LEDGER_PRESENT ;
}

void faultykeeper_end (struct faultykeeper *k)
{
  int status ;
  kill(k->pid, SIGTERM) ;
  tap_int(waitpid(k->pid, &status, 0) == k->pid && !status, 1, "SIGTERM ends the keeper") ;
  tap_int(keeping_worker(), 0, "and its worker") ;
}

 /* What is stored is not there, what is deleted is. */

static char const *prepare (void)
{
  struct rawclient c ;
  int e = 0 ;
  if (!raw_connect(&c, "s", (uid_t)-1, FRAME_NATIVE)) return "nobody serves" ;
  for (unsigned int i = ONE ; i < ENTRIES && !e ; i++)
  {
    enum ledger_state wanted = i == GOES ? LEDGER_PRESENT : LEDGER_ABSENT ;
    if (entries[i].state == wanted) continue ;
    e = i == GOES ? raw_store(&c, entries[i].id, 0, entries[i].fd) : raw_delete(&c, entries[i].id) ;
    entries[i].state = wanted ;
  }
  raw_close(&c) ;
  return e ? "a request fails when nothing does any longer" : 0 ;
}

static int dump (struct rawclient *c)
{
  char const *ids[DUMP] ;
  int fds[DUMP] ;
  int e = raw_setdump(c, DUMP) ;
  for (unsigned int i = 0 ; i < DUMP ; i++)
  {
    ids[i] = entries[DUMPED + i].id ;
    fds[i] = entries[DUMPED + i].fd ;
  }
  return e ? e : raw_dumpframe(c, ids, fds, DUMP) ;
}

void faultykeeper_operate (void)
{
  struct rawclient c ;
  int e ;
  if (!raw_connect(&c, "s", (uid_t)-1, FRAME_NATIVE)) return ;
  ledger_note(entries + ONE, raw_store(&c, entries[ONE].id, 0, entries[ONE].fd), LEDGER_PRESENT) ;
  ledger_note(entries + ONE, raw_replace(&c, entries[ONE].id, 0, entries[ONE].fd), LEDGER_PRESENT) ;
  ledger_note(entries + GOES, raw_delete(&c, entries[GOES].id), LEDGER_ABSENT) ;
  e = dump(&c) ;
  for (unsigned int i = DUMPED ; i < ENTRIES ; i++) ledger_note(entries + i, e, LEDGER_PRESENT) ;
  raw_close(&c) ;
}

 /* One that was never ready has its reason, and may come again. */

static void mend (struct faultykeeper *k)
{
  int status ;
  if (k->pid && waitpid(k->pid, &status, WNOHANG) == k->pid)
  {
    k->ended++ ;
    k->pid = 0 ;
  }
  if (!k->pid) faultykeeper_start(k) ;
}

char const *faultykeeper_look (struct faultykeeper *k, int iskill)
{
  mend(k) ;
  if (!keeping_await_worker(0)) return "there is no worker" ;
  if (!ledger_check(&ledger, "s")) return ledger.problem ;
  if (!iskill) return 0 ;
  keeping_kill_worker() ;
  if (!keeping_await_worker(0)) return "no other worker is started" ;
  return ledger_check(&ledger, "s") ? 0 : ledger.problem ;
}

static void attempt (struct faultykeeper *k, struct faultykeeper_trial const *t, enum fault_function function, unsigned int n)
{
  pid_t pid = 0 ;
  if (t->aim == FAULTYKEEPER_KEEPER) pid = k->pid ;
  else if (t->aim == FAULTYKEEPER_WORKER) pid = keeping_await_worker(0) ;
  faults_aim(k->faults, pid) ;
  faults_arm(k->faults, function, n, n, 0) ;
  (*t->f)(k) ;
  faults_disarm(k->faults) ;
}

void faultykeeper_until_none (struct faultykeeper *k, struct faultykeeper_trial const *t, enum fault_function function)
{
  char const *problem = 0 ;
  unsigned int n = 0, times = 0, ended = k->ended ;
  do
  {
    n += n < FIRST_ALL ? 1 : STRIDE + n / SLOWLY ;
    times++ ;
    problem = prepare() ;
    if (problem) break ;
    attempt(k, t, function, n) ;
    problem = faultykeeper_look(k, t->iskill) ;
  }
  while (!problem && k->faults->failed && n < CALLS_MAX) ;
  if (!tap_string(problem, 0, "%s: %s: %u times", t->name, fault_names[function], times)) tap_diag("call %u", n) ;
  tap_most(n, CALLS_MAX - 1, "%s: %s: its calls come to an end", t->name, fault_names[function]) ;
  tap_int(k->ended - ended, 0, "%s: %s: no keeper ends", t->name, fault_names[function]) ;
  if (problem) exit(tap_done()) ;
}
