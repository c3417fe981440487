/* ISC license. */

/* libsupervise/machine.h: how a service is killed that does not heed, how its supervisor
   leaves, and how another one takes over. */

#include <signal.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "support/lonemachine.h"
#include "support/tap.h"

enum
{
  EXIT_7 = 0x0700,
  EXIT_255 = 0xff00,
  A_SECOND = 1000,
  TIMEOUT = 1500,
  SOME_PID = 77
} ;

static struct lonemachine l ;

static void says (char const *want, char const *name)
{
  tap_string(lonemachine_said(&l), want, "%s", name) ;
}

 /* Up; or finish runs; or down, and not wanted. */

static void be (enum machine_state state)
{
  lonemachine_begin(&l, state != MACHINE_DOWN) ;
  lonemachine_pass(&l, 0) ;
  l.hasfinish = 1 ;
  if (state == MACHINE_FINISH) lonemachine_die(&l, EXIT_7) ;
  lonemachine_said(&l) ;
}

 /* What it does in the milliseconds before, and in that one. */

static void passes (unsigned int ms, char const *want, char const *name)
{
  lonemachine_pass(&l, ms - 1) ;
  tap_string(lonemachine_said(&l), "", "%s: not before %u ms", name, ms) ;
  lonemachine_pass(&l, 1) ;
  says(want, name) ;
}

static void kill_timeout (void)
{
  static char const *const arms[] = { "d", "D" } ;
  static char const *const others[] = { "t", "r", "O", "o", "Q", "x", "k", "l", "u" } ;
  for (unsigned int i = 0 ; i < sizeof(arms) / sizeof(arms[0]) ; i++)
  {
    be(MACHINE_UP) ;
    l.files.timeoutkill = TIMEOUT ;
    lonemachine_letters(&l, arms[i]) ;
    lonemachine_said(&l) ;
    passes(TIMEOUT, "KILL CONT", arms[i]) ;
  }
  for (unsigned int i = 0 ; i < sizeof(others) / sizeof(others[0]) ; i++)
  {
    be(MACHINE_UP) ;
    l.files.timeoutkill = TIMEOUT ;
    lonemachine_letters(&l, others[i]) ;
    lonemachine_said(&l) ;
    lonemachine_pass(&l, 10 * TIMEOUT) ;
    tap_string(lonemachine_said(&l), "", "timeout-kill: not after %s", others[i]) ;
  }
  be(MACHINE_UP) ;
  l.files.timeoutkill = TIMEOUT ;
  lonemachine_signal(&l, SIGTERM) ;
  says("dsig CONT S", "TERM is d") ;
  passes(TIMEOUT, "KILL CONT", "TERM") ;
  passes(5 * A_SECOND, "KILL CONT", "again") ;
  l.files.iskillgroup = 1 ;
  passes(5 * A_SECOND, "KILL* CONT", "and its group, with flag-timeout-killpg") ;
  be(MACHINE_UP) ;
  lonemachine_signal(&l, SIGHUP) ;
  lonemachine_letters(&l, "d") ;
  lonemachine_said(&l) ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  says("", "without timeout-kill it is never killed") ;
}

static void kill_anew (void)
{
  be(MACHINE_UP) ;
  l.files.timeoutkill = TIMEOUT ;
  lonemachine_letters(&l, "du") ;
  lonemachine_said(&l) ;
  passes(TIMEOUT, "KILL CONT", "u does not disarm") ;
  lonemachine_die(&l, SIGKILL) ;
  lonemachine_die(&l, 0) ;
  says("tally finish S d! clean S D! run S u!", "and it is started again") ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  says("", "and the next life has time") ;
  lonemachine_letters(&l, "d") ;
  lonemachine_pass(&l, TIMEOUT - 1) ;
  lonemachine_letters(&l, "d") ;
  lonemachine_said(&l) ;
  passes(TIMEOUT, "KILL CONT", "a second d arms it anew") ;
}

static void finish_timeout (void)
{
  lonemachine_begin(&l, 1) ;
  lonemachine_pass(&l, 0) ;
  l.hasfinish = 1 ;
  l.files.timeoutfinish = TIMEOUT ;
  l.files.iskillgroup = 1 ;
  lonemachine_die(&l, EXIT_7) ;
  lonemachine_letters(&l, "dkt") ;
  lonemachine_said(&l) ;
  passes(TIMEOUT, "KILL CONT", "timeout-finish") ;
  passes(5 * A_SECOND, "KILL CONT", "again") ;
  be(MACHINE_FINISH) ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  says("", "timeout-finish of 0 is none") ;
}

 /* In each state, by each letter and signal that it leaves by: what it does, and what
    when run, and what when finish is over. */

static void leaves (enum machine_state state, int event, int value, char const *first, char const *second, char const *third)
{
  char const *const want[] = { first, second, third } ;
  be(state) ;
  lonemachine_feed(&l, event, value) ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    tap_string(lonemachine_said(&l), want[i], "state %d, %s %d, step %u", state, event == MACHINE_SIGNAL ? "signal" : "letter", value, i) ;
    if (i < 2) lonemachine_die(&l, EXIT_7) ;
  }
  tap_int(l.m.state, MACHINE_OVER, "it is over") ;
  lonemachine_letters(&l, "udxO") ;
  lonemachine_signal(&l, SIGTERM) ;
  lonemachine_signal(&l, SIGINT) ;
  lonemachine_die(&l, EXIT_7) ;
  lonemachine_feed(&l, MACHINE_READY, 0) ;
  lonemachine_feed(&l, MACHINE_DUE, 0) ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  tap_string(lonemachine_said(&l), "", "state %d, %d: then nothing more", state, value) ;
}

static void leaving (void)
{
  static char const dying[] = "tally finish S d!" ;
  static char const ending[] = "clean S D! x!" ;
  static int const ways[] = { SIGTERM, SIGHUP, SIGQUIT, SIGINT } ;
  for (unsigned int i = 0 ; i < sizeof(ways) / sizeof(ways[0]) ; i++) leaves(MACHINE_DOWN, MACHINE_SIGNAL, ways[i], "x!", "", "") ;
  leaves(MACHINE_DOWN, MACHINE_LETTER, 'x', "x!", "", "") ;
  leaves(MACHINE_UP, MACHINE_LETTER, 'x', "letgo", dying, ending) ;
  leaves(MACHINE_UP, MACHINE_SIGNAL, SIGHUP, "letgo", dying, ending) ;
  leaves(MACHINE_UP, MACHINE_SIGNAL, SIGTERM, "dsig CONT S", dying, ending) ;
  leaves(MACHINE_UP, MACHINE_SIGNAL, SIGQUIT, "x!", "", "") ;
  leaves(MACHINE_UP, MACHINE_SIGNAL, SIGINT, "INT* x!", "", "") ;
  leaves(MACHINE_FINISH, MACHINE_LETTER, 'x', "letgo", ending, "") ;
  leaves(MACHINE_FINISH, MACHINE_SIGNAL, SIGHUP, "letgo", ending, "") ;
  leaves(MACHINE_FINISH, MACHINE_SIGNAL, SIGTERM, "letgo S", ending, "") ;
  leaves(MACHINE_FINISH, MACHINE_SIGNAL, SIGQUIT, "x!", "", "") ;
  leaves(MACHINE_FINISH, MACHINE_SIGNAL, SIGINT, "INT* x!", "", "") ;
  be(MACHINE_UP) ;
  l.hasfinish = 0 ;
  lonemachine_letters(&l, "xu") ;
  lonemachine_pass(&l, 10 * A_SECOND) ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, EXIT_7) ;
  says("tally finish clean S dD! x!", "who leaves starts nothing, wanted or not, finish or not") ;
  be(MACHINE_UP) ;
  lonemachine_signal(&l, SIGQUIT) ;
  tap_int(l.m.status.pid, l.pid, "QUIT: the status has the process that runs on") ;
}

static struct svstatus status_of (pid_t pid, unsigned int flags)
{
  struct svstatus const st = { .changed = TAIN_ZERO, .readied = TAIN_ZERO, .pid = pid, .wstat = EXIT_7, .flags = flags } ;
  return st ;
}

static void adopt (pid_t pid, int isfinish, struct svstatus const *old)
{
  lonemachine_begin(&l, 0) ;
  l.files.timeoutfinish = TIMEOUT ;
  machine_adopt(&l.m, pid, isfinish, old, &l.now, &l.label) ;
  lonemachine_pass(&l, 0) ;
}

static void adopting_run (void)
{
  struct svstatus old = status_of(SOME_PID, SVSTATUS_READY | SVSTATUS_PAUSED) ;
  adopt(SOME_PID, 0, &old) ;
  says("", "run is adopted: nothing is told") ;
  tap_int((int)l.m.status.flags, 9, "what was told of it stays") ;
  tap_int(tain_less(&l.m.status.changed, &l.label), 1, "the time, too") ;
  lonemachine_feed(&l, MACHINE_READY, 0) ;
  says("", "it is not ready twice") ;
  lonemachine_die(&l, MACHINE_UNKNOWN) ;
  says("tally finish clean S dD!", "it dies, and is not wanted") ;
  tap_int((int)l.m.status.wstat, EXIT_255, "how it died nobody knows") ;
  old = status_of(SOME_PID + 1, 15) ;
  adopt(SOME_PID, 0, &old) ;
  tap_int((int)l.m.status.flags, 4, "of another process only whether it is wanted is true") ;
  tap_int(l.m.status.pid, SOME_PID, "its number is the new one") ;
  tap_int(tain_less(&l.m.status.changed, &l.label), 0, "it came up now") ;
  adopt(SOME_PID, 0, 0) ;
  tap_int((int)l.m.status.flags, 4, "without a status it is up, and wanted") ;
  lonemachine_die(&l, MACHINE_UNKNOWN) ;
  tap_int(lonemachine_until_start(&l, 10000), A_SECOND, "and is started again, a second after it was adopted") ;
}

static void adopting_ending (void)
{
  struct svstatus old = status_of(SOME_PID, SVSTATUS_PAUSED) ;
  tain when ;
  adopt(SOME_PID, 0, &old) ;
  l.files.timeoutkill = TIMEOUT ;
  lonemachine_feed(&l, MACHINE_AGAIN, 0) ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  says("", "run that was not told to end has time") ;
  machine_rearm(&l.m, 0) ;
  l.files.isunknown = 1 ;
  lonemachine_feed(&l, MACHINE_AGAIN, 0) ;
  tap_int(machine_isarmed(&l.m), 0, "one that was: it is not known when") ;
  l.files.isunknown = 0 ;
  lonemachine_feed(&l, MACHINE_AGAIN, 0) ;
  says("", "then it is, and one that is stopped stays so") ;
  tap_int(machine_isarmed(&l.m), 1, "there is a time") ;
  passes(TIMEOUT, "KILL CONT", "at which it is killed") ;
  lonemachine_die(&l, MACHINE_UNKNOWN) ;
  tap_int(machine_isarmed(&l.m), 0, "it is dead") ;
  adopt(SOME_PID, 0, &old) ;
  clock_after(&when, &l.now, A_SECOND) ;
  machine_rearm(&l.m, &when) ;
  tap_int(machine_isarmed(&l.m), 1, "one of which it is known when") ;
  passes(A_SECOND, "KILL CONT", "is killed then, whatever timeout-kill says") ;
}

static void adopting_finish (void)
{
  struct svstatus old = status_of(SOME_PID, SVSTATUS_FINISHING | SVSTATUS_WANTEDUP) ;
  adopt(SOME_PID, 1, &old) ;
  says("", "finish is adopted: nothing is told") ;
  tap_int((int)l.m.status.flags, 6, "what was told of it stays") ;
  tap_int((int)l.m.status.wstat, EXIT_7, "how run died, too") ;
  passes(TIMEOUT, "KILL CONT", "its time begins with the adoption") ;
  passes(5 * A_SECOND, "KILL CONT", "and again") ;
  lonemachine_die(&l, MACHINE_UNKNOWN) ;
  says("clean S D! run S u!", "its end is the end of that life") ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  says("", "the next one has time") ;
  old = status_of(SOME_PID - 1, SVSTATUS_READY) ;
  adopt(SOME_PID, 1, &old) ;
  tap_int((int)l.m.status.flags, 2, "of run only whether it was wanted stays") ;
  tap_int((int)l.m.status.wstat, EXIT_255, "how it died nobody knows") ;
  lonemachine_begin(&l, 0) ;
  machine_adopt(&l.m, SOME_PID, 1, &old, &l.now, &l.label) ;
  lonemachine_pass(&l, 1000 * A_SECOND) ;
  says("", "timeout-finish of 0 is none, here too") ;
  adopt(SOME_PID, 1, 0) ;
  tap_int((int)l.m.status.flags, 6, "without a status it is wanted") ;
  old = status_of(SOME_PID, SVSTATUS_READY) ;
  adopt(SOME_PID, 1, &old) ;
  tap_int((int)l.m.status.flags, 2, "a number that run had is not finish's") ;
}

int main (void)
{
  kill_timeout() ;
  kill_anew() ;
  finish_timeout() ;
  leaving() ;
  adopting_run() ;
  adopting_ending() ;
  adopting_finish() ;
  return tap_done() ;
}
