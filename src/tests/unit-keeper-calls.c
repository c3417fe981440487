/* ISC license. */

/* Worker or keeper is killed as it enters each of its system calls during one
   operation of a client. What the client was told is so then, and what it was not
   told is done or not, the whole of it. */

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/ledger.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/tracer.h"

enum { DUMPED = 3, ENTRIES = 3 + DUMPED, CALLS_MAX = 400, TRIES = 5 } ;
enum { KEPT, ONE, TAKEN } ;

static struct ledger_entry entries[ENTRIES] =
{
  { "kept", -1, LEDGER_ABSENT, 1 }, { "one", -1, LEDGER_ABSENT, 0 }, { "taken", -1, LEDGER_ABSENT, 0 },
  { "dumped 1", -1, LEDGER_ABSENT, 2 }, { "dumped 2", -1, LEDGER_ABSENT, 2 }, { "dumped 3", -1, LEDGER_ABSENT, 2 }
} ;
static struct ledger ledger = { .entries = entries, .n = ENTRIES } ;
static pid_t keeper ;

struct operation
{
  char const *name ;
  char const *argv[7] ;
  unsigned int first, n ;  /* of the entries */
  enum ledger_state wanted ;
} ;

static void put (struct ledger_entry *e)
{
  if (e->state == LEDGER_PRESENT) return ;
  ledger_put(e, "s") ;
  e->state = LEDGER_PRESENT ;
}

 /* What is to be stored is not there, and what is to go is. A replace has something to replace. */

static void prepare (struct operation const *o)
{
  struct rawclient c ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  for (unsigned int i = o->first ; i < o->first + o->n ; i++)
  {
    struct ledger_entry *e = entries + i ;
    if (o->wanted == LEDGER_ABSENT || !strcmp(o->name, "replace")) put(e) ;
    else if (e->state == LEDGER_PRESENT)
    {
      if (raw_delete(&c, e->id)) tap_bail("delete") ;
      e->state = LEDGER_ABSENT ;
    }
  }
  raw_close(&c) ;
}

 /* It was killed, if the client has not ended before. */

static void mend (pid_t victim)
{
  waitpid(victim, 0, __WALL) ;
  if (victim == keeper) keeper = keeping_start() ;
  else if (!keeping_await_worker(victim)) tap_bail("no other worker is started") ;
}

static char const *run (struct operation const *o, char const *const *argv, int iskeeper, unsigned int n, int *reached)
{
  struct trace program, victim ;
  pid_t pid = iskeeper ? keeper : keeping_await_worker(0) ;
  prepare(o) ;
  tracer_run_against(&program, &victim, argv, entries[ONE].fd, pid, n, SIGKILL) ;
  *reached = victim.calls >= n ;
  for (unsigned int i = o->first ; i < o->first + o->n ; i++) ledger_note(entries + i, program.code ? -1 : 0, o->wanted) ;
  if (*reached) mend(pid) ;
  if (program.signal) return "the client has crashed" ;
  if (program.code && program.code != 1 && program.code != 111) return "the client has exited with another code than it may" ;
  if (program.code && iskeeper) return "the death of a keeper is noticed" ;
  return ledger_check(&ledger, "s") ? 0 : ledger.problem ;
}

 /* The victim may make its call when the client has ended already: it has a few chances. */

static char const *run_until_reached (struct operation const *o, char const *const *argv, int iskeeper, unsigned int n, int *reached)
{
  char const *problem ;
  unsigned int tries = 0 ;
  do problem = run(o, argv, iskeeper, n, reached) ;
  while (!problem && !*reached && ++tries < TRIES) ;
  return problem ;
}

static void at_each_call (struct operation const *o, int iskeeper)
{
  char program[4096] ;
  char const *argv[7] ;
  char const *problem ;
  unsigned int n = 0 ;
  int reached ;
  memcpy(argv, o->argv, sizeof(argv)) ;
  testdaemon_program(program, sizeof(program), o->argv[0]) ;
  argv[0] = program ;
  do problem = run_until_reached(o, argv, iskeeper, ++n, &reached) ;
  while (!problem && reached && n < CALLS_MAX) ;
  if (problem) tap_diag("call %u", n) ;
  tap_string(problem, 0, "%s: the %s is killed at each of %u calls", o->name, iskeeper ? "keeper" : "worker", n - 1) ;
  tap_least(n, 2, "%s: there are such calls", o->name) ;
  tap_most(n, CALLS_MAX - 1, "%s: and they come to an end", o->name) ;
}

int main (void)
{
  static struct operation const operations[] =
  {
    { "store", { "s6-fdholder-store", "s", "one", 0 }, ONE, 1, LEDGER_PRESENT },
    { "replace", { "s6-fdholder-store", "-r", "s", "one", 0 }, ONE, 1, LEDGER_PRESENT },
    { "delete", { "s6-fdholder-delete", "s", "taken", 0 }, TAKEN, 1, LEDGER_ABSENT },
    { "retrieve -D", { "s6-fdholder-retrieve", "-D", "s", "taken", "/bin/true", 0 }, TAKEN, 1, LEDGER_ABSENT },
    { "setdump", { "s6-fdholder-setdump", "s", 0 }, TAKEN + 1, DUMPED, LEDGER_PRESENT }
  } ;
  if (testdaemon_isslow()) tap_skip_all("sanitized programs are not to be traced") ;
  if (!tracer_works()) tap_skip_all("needs ptrace(2)") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) entries[i].fd = testfile() ;
  ledger_export(entries + TAKEN + 1, DUMPED) ;
  keeper = keeping_start() ;
  put(entries + KEPT) ;
  for (unsigned int i = 0 ; i < sizeof(operations) / sizeof(*operations) ; i++)
  {
    at_each_call(operations + i, 0) ;
    at_each_call(operations + i, 1) ;
  }
  kill(keeper, SIGTERM) ;
  waitpid(keeper, 0, 0) ;
  tap_int(keeping_worker(), 0, "the worker ends with the keeper") ;
  return tap_done() ;
}
