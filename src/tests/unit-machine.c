/* ISC license. */

/* libsupervise/machine.h: when a service is started again, when it is killed, and what is
   told of its life. unit-machine-end has how a supervisor leaves, and takes over. */

#include <skalibs/tai.h>

#include "support/lonemachine.h"
#include "support/tap.h"

enum
{
  EXIT_7 = 0x0700,
  EXIT_125 = 125 << 8,
  A_SECOND = 1000,
  A_MINUTE = 60 * A_SECOND,
  AGAIN = 5 * A_SECOND,  /* until it is killed once more */
  LONG = 1000 * A_SECOND
} ;

static struct lonemachine l ;

static void begin (int iswanted)
{
  lonemachine_begin(&l, iswanted) ;
  lonemachine_pass(&l, 0) ;
}

static void says (char const *want, char const *name)
{
  tap_string(lonemachine_said(&l), want, "%s", name) ;
}

static void flags (int want, char const *name)
{
  tap_int((int)l.m.status.flags, want, "%s", name) ;
}

 /* It lives so long, ready or not, and then? How long after that death is the next start? */

static int pause_after (unsigned int ms, int isready)
{
  unsigned int starts ;
  if (isready) lonemachine_feed(&l, MACHINE_READY, 0) ;
  lonemachine_pass(&l, ms) ;
  starts = l.starts ;
  lonemachine_die(&l, EXIT_7) ;
  return l.starts != starts ? 0 : lonemachine_until_start(&l, LONG) ;
}

static void life (void)
{
  begin(1) ;
  says("run S u!", "it is wanted: it is started") ;
  flags(4, "up") ;
  lonemachine_feed(&l, MACHINE_READY, 0) ;
  says("S U!", "it is ready") ;
  flags(12, "up and ready") ;
  lonemachine_feed(&l, MACHINE_READY, 0) ;
  says("", "ready twice is ready once") ;
  lonemachine_letters(&l, "p") ;
  flags(13, "paused, too") ;
  l.hasfinish = 1 ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, EXIT_7) ;
  says("tally finish S d!", "it dies, and finish runs") ;
  flags(6, "finishing, wanted up") ;
  tap_int((int)l.m.status.wstat, EXIT_7, "how it died is told") ;
  tap_int(l.m.status.pid, l.pid, "and the number of finish") ;
  lonemachine_feed(&l, MACHINE_READY, 0) ;
  says("", "finish is never ready") ;
  lonemachine_die(&l, 0) ;
  says("clean S D!", "finish is over") ;
  flags(12, "down, to be started") ;
  tap_int(l.m.status.pid, 0, "nobody is there") ;
  lonemachine_feed(&l, MACHINE_DIED, 0) ;
  lonemachine_feed(&l, MACHINE_READY, 0) ;
  lonemachine_feed(&l, MACHINE_DUE, 0) ;
  says("", "whoever is not there does not die, is not ready, and it is not yet time") ;
}

static void fresh (void)
{
  lonemachine_begin(&l, 1) ;
  flags(13, "never started, wanted up") ;
  begin(0) ;
  flags(9, "never started, not wanted") ;
  says("", "nor is it started") ;
  tap_int(lonemachine_until_start(&l, LONG), -1, "nor later") ;
  lonemachine_letters(&l, "O") ;
  flags(8, "once it is not wanted, it is just down") ;
  begin(1) ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, 0) ;
  says("tally finish clean S dD!", "without finish it is down at once") ;
}

static void pauses (void)
{
  static struct { unsigned int life ; int want ; } const cases[] =
    { { 0, 1000 }, { 1, 999 }, { 500, 500 }, { 999, 1 }, { 1000, 0 }, { 1001, 0 }, { 100000, 0 } } ;
  for (unsigned int i = 0 ; i < sizeof(cases) / sizeof(cases[0]) ; i++)
  {
    begin(1) ;
    tap_int(pause_after(cases[i].life, 0), cases[i].want, "a life of %u ms: the next one", cases[i].life) ;
    tap_int(pause_after(cases[i].life, 1), cases[i].want, "one of %u ms that was ready: the next one", cases[i].life) ;
  }
  begin(1) ;
  l.hasfinish = 1 ;
  lonemachine_die(&l, 0) ;
  lonemachine_pass(&l, A_SECOND) ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, 0) ;
  says("clean S D! run S u!", "the time of finish counts") ;
  lonemachine_die(&l, 0) ;
  lonemachine_letters(&l, "u") ;
  tap_int(l.m.state, MACHINE_FINISH, "while finish runs it is not started") ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, 0) ;
  says("clean S D!", "there is a pause") ;
  lonemachine_letters(&l, "u") ;
  says("run S u!", "which u overrides") ;
}

static void growing (void)
{
  static int const want[] = { 1000, 2000, 4000, 8000, 10000, 10000 } ;
  begin(1) ;
  l.files.maxdelay = 10 * A_SECOND ;
  tap_int(pause_after(0, 0), 2000, "max-restart-delay: the pause is 2 s after the first death") ;
  for (unsigned int i = 2 ; i < 6 ; i++) tap_int(pause_after(0, 1), want[i], "then %d ms", want[i]) ;
  tap_int(pause_after(9999, 0), 1, "a life that was never ready, and not so long: no change") ;
  tap_int(pause_after(10000, 0), 0, "one that was so long") ;
  tap_int(pause_after(999, 1), 1001, "begins anew") ;
  tap_int(pause_after(2000, 1), 0, "as does one that was ready, and longer than the pause") ;
  tap_int(pause_after(3000, 0), 0, "one that was not ready is of no use") ;
  tap_int(pause_after(0, 0), 4000, "and makes the next pause longer") ;
  l.files.maxdelay = 3 * A_SECOND ;
  tap_int(pause_after(0, 0), 3000, "a lower limit holds at once") ;
  l.files.maxdelay = 10 ;
  tap_int(pause_after(0, 0), 1000, "one below a second is one") ;
  l.files.maxdelay = 0 ;
  tap_int(pause_after(0, 0), 1000, "as is none") ;
}

static void failures (void)
{
  static int const want[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 } ;
  lonemachine_begin(&l, 1) ;
  l.canrun = 0 ;
  lonemachine_pass(&l, 0) ;
  says("run S", "it cannot be started") ;
  flags(13, "and is still not started yet") ;
  for (unsigned int i = 0 ; i < sizeof(want) / sizeof(want[0]) ; i++)
    tap_int(lonemachine_until_start(&l, LONG), want[i] * A_SECOND, "it is tried again after %d s", want[i]) ;
  lonemachine_said(&l) ;
  lonemachine_letters(&l, "u") ;
  says("run S", "u tries at once") ;
  flags(12, "and who has said so knows that it has been tried") ;
  tap_int(lonemachine_until_start(&l, LONG), A_SECOND, "and begins anew") ;
  l.canrun = 1 ;
  tap_int(lonemachine_until_start(&l, LONG), 2 * A_SECOND, "then it succeeds") ;
  l.canrun = 0 ;
  tap_int(pause_after(0, 0), A_SECOND, "after its life it fails again") ;
  tap_int(lonemachine_until_start(&l, LONG), A_SECOND, "which is a first failure") ;
  lonemachine_letters(&l, "d") ;
  tap_int(lonemachine_until_start(&l, LONG), -1, "who is not wanted is not tried") ;
}

static void once (void)
{
  begin(0) ;
  lonemachine_letters(&l, "o") ;
  says("run S u!", "o starts it") ;
  flags(0, "though it is not wanted") ;
  tap_int(pause_after(A_MINUTE, 0), -1, "once") ;
  l.canrun = 0 ;
  lonemachine_letters(&l, "o") ;
  tap_int(lonemachine_until_start(&l, LONG), A_SECOND, "also when that fails, until it does not") ;
  l.canrun = 1 ;
  tap_int(lonemachine_until_start(&l, LONG), 2 * A_SECOND, "so") ;
  tap_int(pause_after(A_MINUTE, 0), -1, "and no more") ;
  for (char const *s = "dDOQ" ; *s ; s++)
  {
    char letter[2] = { *s, 0 } ;
    l.canrun = 0 ;
    lonemachine_letters(&l, "o") ;
    lonemachine_letters(&l, letter) ;
    tap_int(lonemachine_until_start(&l, LONG), -1, "%s ends that", letter) ;
  }
  begin(1) ;
  lonemachine_said(&l) ;
  lonemachine_letters(&l, "o") ;
  says("S", "o while it is up") ;
  tap_int(pause_after(A_MINUTE, 0), -1, "lets it finish its life") ;
}

static void permanent (void)
{
  begin(1) ;
  l.hasfinish = 1 ;
  lonemachine_die(&l, EXIT_7) ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, EXIT_125) ;
  says("clean S OD!", "finish says that it has failed for good") ;
  flags(8, "it is not wanted") ;
  tap_int(lonemachine_until_start(&l, LONG), -1, "nor started") ;
  lonemachine_letters(&l, "u") ;
  flags(4, "until somebody wants it") ;
  lonemachine_said(&l) ;
  lonemachine_die(&l, EXIT_125) ;
  says("tally finish S d!", "run may exit 125") ;
  lonemachine_die(&l, 125) ;
  says("clean S D!", "and a signal is no exit") ;
}

int main (void)
{
  life() ;
  fresh() ;
  pauses() ;
  growing() ;
  failures() ;
  once() ;
  permanent() ;
  return tap_done() ;
}
