/* ISC license. */

/* H7, H10: the daemon is killed, or told to end, at each of its system calls
   during one request. The client hears of it, and does not wait: it exits as
   it is documented to. With two daemons, whichever dies in a transfer, the
   other holds what it held, and of the dump all or nothing; and after
   SIGTERM the daemon ends with 0 and what it had answered is true. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/ledger.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/tracer.h"

enum { DUMPED = 3, ENTRIES = 2 + DUMPED, CALLS_MAX = 500 } ;
enum groups { GROUP_NONE, GROUP_KEPT, GROUP_DUMP } ;
enum victims { VICTIM_FROM, VICTIM_TO } ;

static struct ledger_entry held_to[ENTRIES] =
{
  { "kept", -1, LEDGER_ABSENT, GROUP_KEPT }, { "one", -1, LEDGER_ABSENT, GROUP_NONE },
  { "dumped 1", -1, LEDGER_ABSENT, GROUP_DUMP }, { "dumped 2", -1, LEDGER_ABSENT, GROUP_DUMP }, { "dumped 3", -1, LEDGER_ABSENT, GROUP_DUMP }
} ;
static struct ledger_entry held_from[DUMPED] =
{
  { "dumped 1", -1, LEDGER_ABSENT, GROUP_KEPT }, { "dumped 2", -1, LEDGER_ABSENT, GROUP_KEPT }, { "dumped 3", -1, LEDGER_ABSENT, GROUP_KEPT }
} ;
static struct ledger to = { .entries = held_to, .n = ENTRIES } ;
static struct ledger from = { .entries = held_from, .n = DUMPED } ;

struct operation
{
  char const *name ;
  char const *argv[6] ;
  enum victims victim ;
} ;

static void put (char const *socket, struct ledger_entry *e)
{
  ledger_put(e, socket) ;
  e->state = LEDGER_PRESENT ;
}

static void begin (struct testdaemon *daemons)
{
  testdaemon_start(daemons + VICTIM_FROM, "from", 0) ;
  testdaemon_start(daemons + VICTIM_TO, "to", 0) ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) put("from", held_from + i) ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) held_to[i].state = LEDGER_ABSENT ;
  put("to", held_to) ;
}

 /* What the survivor must hold; what could be either is settled by looking. */

static char const *check_survivor (struct operation const *o, struct trace const *program, struct testdaemon const *daemons)
{
  struct ledger *l = o->victim == VICTIM_FROM ? &to : &from ;
  if (strcmp(o->name, "transferdump")) return 0 ;
  if (o->victim == VICTIM_FROM)
    for (unsigned int i = 0 ; i < DUMPED ; i++) held_to[2 + i].state = program->code ? LEDGER_EITHER : LEDGER_PRESENT ;
  return ledger_check(l, daemons[!o->victim].path) ? 0 : l->problem ;
}

static int is_documented (struct operation const *o, int code)
{
  if (!strcmp(o->name, "transferdump") && o->victim == VICTIM_TO) return code == 0 || code == 2 || code == 111 ;
  return code == 0 || code == 1 || code == 111 ;
}

static void finish (struct testdaemon *d, int isdead)
{
  if (!isdead) kill(d->pid, SIGKILL) ;
  waitpid(d->pid, 0, 0) ;
  if (d->pidfd >= 0) close(d->pidfd) ;
}

 /* One run, with the n-th call deadly. *reached: whether there was one. */

static char const *run (struct operation const *o, char const *const *argv, unsigned int n, int deadly, int *reached)
{
  struct testdaemon daemons[2] ;
  struct trace program, victim ;
  char const *problem ;
  begin(daemons) ;
  tracer_run_against(&program, &victim, argv, held_to[1].fd, daemons[o->victim].pid, n, deadly) ;
  *reached = victim.calls >= n ;
  problem = program.signal ? "the client has crashed"
    : !is_documented(o, program.code) ? "the client has exited with another code than it may"
    : check_survivor(o, &program, daemons) ;
  if (deadly == SIGTERM && *reached && victim.signal) problem = "the daemon has crashed" ;
  finish(daemons + o->victim, 0) ;
  finish(daemons + !o->victim, 0) ;
  return problem ;
}

static void at_each_call (struct operation const *o, int deadly)
{
  char program[4096] ;
  char const *argv[6] ;
  char const *problem ;
  unsigned int n = 0 ;
  int reached ;
  memcpy(argv, o->argv, sizeof(argv)) ;
  testdaemon_program(program, sizeof(program), o->argv[0]) ;
  argv[0] = program ;
  do problem = run(o, argv, ++n, deadly, &reached) ;
  while (!problem && reached && n < CALLS_MAX) ;
  if (problem) tap_diag("call %u", n) ;
  tap_string(problem, 0, "%s: %s daemon gets %s at each of %u calls", o->name, o->victim == VICTIM_FROM ? "first" : "second", deadly == SIGKILL ? "KILL" : "TERM", n - 1) ;
  tap_least(n, 2, "%s: there are such calls", o->name) ;
  tap_most(n, CALLS_MAX - 1, "%s: and they come to an end", o->name) ;
}

int main (void)
{
  static struct operation const operations[] =
  {
    { "store", { "s6-fdholder-store", "from", "one", 0 }, VICTIM_FROM },
    { "retrieve -D", { "s6-fdholder-retrieve", "-D", "from", "dumped 1", "/bin/true", 0 }, VICTIM_FROM },
    { "setdump", { "s6-fdholder-setdump", "from", 0 }, VICTIM_FROM },
    { "transferdump", { "s6-fdholder-transferdump", "from", "to", 0 }, VICTIM_FROM },
    { "transferdump", { "s6-fdholder-transferdump", "from", "to", 0 }, VICTIM_TO }
  } ;
  struct ledger_entry set = { .id = "set" } ;
  if (testdaemon_isslow()) tap_skip_all("sanitized programs are not to be traced") ;
  if (!tracer_works()) tap_skip_all("needs ptrace(2)") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) held_to[i].fd = testfile() ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) held_from[i].fd = held_to[2 + i].fd ;
  set.fd = held_to[2].fd ;
  ledger_export(&set, 1) ;
  for (unsigned int i = 0 ; i < sizeof(operations) / sizeof(*operations) ; i++)
  {
    at_each_call(operations + i, SIGKILL) ;
    at_each_call(operations + i, SIGTERM) ;
  }
  return tap_done() ;
}
