/* ISC license. */

/* H7, H10: each client of the fd-holder is killed, by KILL and by TERM, at each of
   its system calls. What it had not asked for in its last message has not happened;
   what it was told has; and nothing is there twice or half. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "support/ledger.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/tracer.h"

enum { DUMPED = 260, FILES = 8, ENTRIES = 3 + DUMPED, CALLS_MAX = 1000 } ;  /* a dump of two frames */
enum groups { GROUP_NONE, GROUP_KEPT, GROUP_DUMP } ;

static struct ledger_entry entries[ENTRIES] =
{
  { "kept 1", -1, LEDGER_ABSENT, GROUP_KEPT }, { "kept 2", -1, LEDGER_ABSENT, GROUP_KEPT }, { "one", -1, LEDGER_ABSENT, GROUP_NONE }
} ;
static struct ledger ledger = { .entries = entries, .n = ENTRIES } ;
static struct ledger_entry *const one = entries + 2 ;
static struct ledger_entry *const dumped = entries + 3 ;
static struct testdaemon holder, source ;

struct operation
{
  char const *name ;
  char const *argv[6] ;
  struct ledger_entry *first ;  /* what it changes, */
  unsigned int n ;
  enum ledger_state before ;    /* from this */
  enum ledger_state after ;     /* to that */
} ;

 /* The entries are as the operation expects them. */

static void prepare (struct operation const *o)
{
  for (unsigned int i = 0 ; i < o->n ; i++)
    if (o->first[i].state != o->before && o->before == LEDGER_PRESENT)
    {
      ledger_put(o->first + i, holder.path) ;
      o->first[i].state = LEDGER_PRESENT ;
    }
  if (o->before == LEDGER_ABSENT && !ledger_clean(&ledger, holder.path, GROUP_KEPT)) tap_bail(ledger.problem) ;
}

static char const *check (struct operation const *o, struct trace const *t, unsigned int sends)
{
  int isdone = !t->signal && !t->code ;
  if (!t->signal && t->code) return "it failed, and was not killed" ;
  for (unsigned int i = 0 ; i < o->n ; i++)
    o->first[i].state = isdone ? o->after : t->sends < sends ? o->before : LEDGER_EITHER ;
  return ledger_check(&ledger, holder.path) ? 0 : ledger.problem ;
}

static void at_each_call (struct operation const *o, int deadly)
{
  char program[4096] ;
  char const *argv[6] ;
  char const *problem ;
  struct trace t ;
  unsigned int n = 0, sends ;
  memcpy(argv, o->argv, sizeof(argv)) ;
  testdaemon_program(program, sizeof(program), o->argv[0]) ;
  argv[0] = program ;
  prepare(o) ;
  tracer_run(&t, argv, one->fd, 0, 0) ;
  sends = t.sends ;
  problem = check(o, &t, sends) ;
  while (!problem && t.calls >= n && n < CALLS_MAX)
  {
    prepare(o) ;
    tracer_run(&t, argv, one->fd, ++n, deadly) ;
    problem = check(o, &t, sends) ;
  }
  if (problem) tap_diag("call %u", n) ;
  tap_string(problem, 0, "%s: killed by %s at each of %u calls", o->name, deadly == SIGKILL ? "KILL" : "TERM", n - 1) ;
  tap_least(sends, 1, "%s: it sends something", o->name) ;
  tap_most(n, CALLS_MAX - 1, "%s: its calls come to an end", o->name) ;
}

static void make_entries (void)
{
  static char ids[DUMPED][16] ;
  int files[FILES] ;
  for (unsigned int i = 0 ; i < FILES ; i++) files[i] = testfile() ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) entries[i].fd = files[i % FILES] ;
  for (unsigned int i = 0 ; i < DUMPED ; i++)
  {
    snprintf(ids[i], sizeof(ids[i]), "dumped %u", i) ;
    dumped[i].id = ids[i] ;
    dumped[i].group = GROUP_DUMP ;
  }
}

int main (void)
{
  static struct operation const operations[] =
  {
    { "store", { "s6-fdholder-store", "s", "one", 0 }, entries + 2, 1, LEDGER_ABSENT, LEDGER_PRESENT },
    { "retrieve -D", { "s6-fdholder-retrieve", "-D", "s", "one", "/bin/true", 0 }, entries + 2, 1, LEDGER_PRESENT, LEDGER_ABSENT },
    { "delete", { "s6-fdholder-delete", "s", "one", 0 }, entries + 2, 1, LEDGER_PRESENT, LEDGER_ABSENT },
    { "setdump", { "s6-fdholder-setdump", "s", 0 }, entries + 3, DUMPED, LEDGER_ABSENT, LEDGER_PRESENT },
    { "transferdump", { "s6-fdholder-transferdump", "source", "s", 0 }, entries + 3, DUMPED, LEDGER_ABSENT, LEDGER_PRESENT }
  } ;
  if (testdaemon_isslow()) tap_skip_all("sanitized programs are not to be traced") ;
  if (!tracer_works()) tap_skip_all("needs ptrace(2)") ;
  testdaemon_begin(&holder, 0) ;
  testdaemon_start(&source, "source", 0) ;
  make_entries() ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) ledger_put(dumped + i, source.path) ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    ledger_put(entries + i, holder.path) ;
    entries[i].state = LEDGER_PRESENT ;
  }
  ledger_export(dumped, DUMPED) ;  /* what setdump reads */
  for (unsigned int i = 0 ; i < sizeof(operations) / sizeof(*operations) ; i++)
  {
    at_each_call(operations + i, SIGKILL) ;
    at_each_call(operations + i, SIGTERM) ;
  }
  testdaemon_finish(&source) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
