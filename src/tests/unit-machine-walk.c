/* ISC license. */

/* libsupervise/machine.h: a million random letters, signals, deaths, pauses, failures,
   supervisors that are killed; what must hold after each. */

#include <signal.h>
#include <stdint.h>

#include "support/machineworld.h"
#include "support/tap.h"

enum
{
  STEPS = 1000000,
  EXIT_1 = 1 << 8,
  EXIT_125 = 125 << 8,
  WORST = 4  /* clean, status, dD, and a start; down, its signal, CONT, status */
} ;

static struct machineworld w ;

static unsigned int below (unsigned int n)
{
  static uint64_t state = 1 ;
  state = state * 6364136223846793005u + 1442695040888963407u ;
  return (unsigned int)(state >> 33) % n ;
}

static int one_of (int const *list, unsigned int n)
{
  return list[below(n)] ;
}

static int random_letter (void)
{
  static char const letters[] = "abqhktilyp12cPCKrllduduooOODUQduoz" ;
  return below(500) ? letters[below(sizeof(letters) - 1)] : below(2) ? 'x' : 0 ;
}

static int random_signal (void)
{
  static int const signals[] = { SIGTERM, SIGTERM, SIGHUP, SIGHUP, SIGINT, SIGQUIT } ;
  return one_of(signals, 6) ;
}

static int random_death (void)
{
  static int const deaths[] = { 0, EXIT_1, EXIT_125, SIGKILL, SIGTERM | 0x80, MACHINE_UNKNOWN } ;
  return one_of(deaths, 6) ;
}

static void change_files (void)
{
  static int const times[] = { 0, 1, 700, 5000, 60000 } ;
  w.files.downsignal = SIGTERM ;
  w.files.reloadsignal = SIGHUP ;
  w.files.timeoutkill = (unsigned int)one_of(times, 5) ;
  w.files.timeoutfinish = (unsigned int)one_of(times, 5) ;
  w.files.maxdelay = (unsigned int)one_of(times, 5) ;
  w.files.iskillgroup = (uint8_t)below(2) ;
  w.canrun = below(4) != 0 ;
  w.hasfinish = below(3) != 0 ;
}

static void begin_again (void)
{
  static enum machine_event const events[] = { MACHINE_READY, MACHINE_DIED, MACHINE_DUE, MACHINE_SIGNAL, MACHINE_LETTER } ;
  w.overs += w.m.state == MACHINE_OVER ;
  for (unsigned int i = 0 ; w.m.state == MACHINE_OVER && i < 5 ; i++)
    machineworld_nothing(&w, events[i], i == 3 ? random_signal() : random_letter()) ;
  if (w.pid) machineworld_adopt(&w, (int)below(4)) ;
  else machineworld_begin(&w, (int)below(2)) ;
}

static void step (void)
{
  unsigned int what = below(100) ;
  if (w.m.state == MACHINE_OVER || what < 1) begin_again() ;
  else if (what < 2) machineworld_signal(&w, random_signal()) ;
  else if (what < 40) machineworld_letter(&w, random_letter()) ;
  else if (what < 55) machineworld_die(&w, random_death()) ;
  else if (what < 65) machineworld_ready(&w) ;
  else if (what < 70) change_files() ;
  else if (what < 75) machineworld_nothing(&w, MACHINE_LETTER, 'z') ;
  else machineworld_pass(&w, below(4) ? below(1500) : below(70000)) ;
}

int main (void)
{
  change_files() ;
  machineworld_begin(&w, 1) ;
  for (unsigned int i = 0 ; i < STEPS ; i++) step() ;
  for (unsigned int i = 0 ; i < RULES ; i++) tap_int(w.broken[i], 0, "%s", machineworld_rules[i]) ;
  tap_diag("%u starts, %u failed, %u deaths, %u finishes, %u kills, %u overs, %u adopted", w.starts, w.failures, w.deaths, w.finishes, w.kills, w.overs, w.adopted) ;
  tap_int(w.most, WORST, "the most effects at once") ;
  tap_most(w.most, MACHINE_EFFECTS_MAX, "for which there is room") ;
  tap_least(w.starts, 10000, "starts") ;
  tap_least(w.failures, 10000, "starts that fail") ;
  tap_least(w.deaths, 10000, "deaths") ;
  tap_least(w.finishes, 10000, "of those, with finish") ;
  tap_least(w.kills, 10000, "kills") ;
  tap_least(w.overs, 1000, "supervisors that are told to go") ;
  tap_least(w.adopted, 1000, "and that find a process") ;
  return tap_done() ;
}
