/* ISC license. */

/* Prints what the machine of libsupervise does, as the tables of service-directory(7) have
   it: a row a line, its cells between bars. */

#include <signal.h>
#include <stdio.h>

#include "libsupervise/machine.h"
#include "support/machinecell.h"

enum { SOME_PID = 77, EXIT_125 = 125 << 8 } ;

static struct machinecell const any = MACHINECELL_ANY ;

 /* The three states, and that nothing happens when it is over. Nothing at all: no row. */

static void row (char const *table, char const *name, enum machine_event event, int value)
{
  struct machinewords cells[3] = { MACHINEWORDS_ZERO, MACHINEWORDS_ZERO, MACHINEWORDS_ZERO } ;
  struct machinecell w = any ;
  size_t len = 0 ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    w.state = (enum machine_state)i ;
    machinecell(&w, event, value, cells + i) ;
    len += cells[i].len ;
    if (!cells[i].len) machinewords_add(cells + i, "-") ;
  }
  if (len) printf("%s|%s|%s|%s|%s\n", table, name, cells[0].s, cells[1].s, cells[2].s) ;
}

static void letters (void)
{
  for (int c = 0 ; c < 256 ; c++)
  {
    char name[8] ;
    snprintf(name, sizeof(name), c > ' ' && c < 127 ? "%c" : "byte%d", c) ;
    row("letters", name, MACHINE_LETTER, c) ;
  }
}

static void signals (void)
{
  row("signals", "TERM", MACHINE_SIGNAL, SIGTERM) ;
  row("signals", "HUP", MACHINE_SIGNAL, SIGHUP) ;
  row("signals", "INT", MACHINE_SIGNAL, SIGINT) ;
  row("signals", "QUIT", MACHINE_SIGNAL, SIGQUIT) ;
}

static void happens (char const *name, char const *condition, struct machinecell const *w, enum machine_event event, int value)
{
  struct machinewords words = MACHINEWORDS_ZERO ;
  machinecell(w, event, value, &words) ;
  if (words.len) printf("events|%s|%s|%s\n", name, condition, words.s) ;
}

 /* The end of a life: what is next depends on what is wanted. */

static void ends (char const *name, enum machine_event event, int value, int isanswer, int ispermanent)
{
  struct machinecell w = any ;
  w.state = MACHINE_FINISH ;
  w.isanswer = isanswer ;
  w.isleaving = 1 ;
  happens(name, "finish, leaving", &w, event, value) ;
  w.isleaving = 0 ;
  if (!ispermanent)
  {
    w.iswanted = w.islate = 1 ;
    happens(name, "finish, wanted, late", &w, event, value) ;
    w.islate = 0 ;
    happens(name, "finish, wanted, early", &w, event, value) ;
    w.iswanted = 0 ;
    w.islate = -1 ;
  }
  happens(name, "finish", &w, event, value) ;
}

 /* Those that are not expected in a state have rows only if they do something there. What
    is the same for several ways to die is printed for each. */

static void events (void)
{
  static char const *const names[] = { "down", "up", "finish" } ;
  static int const deaths[] = { 0, EXIT_125, SIGKILL, MACHINE_UNKNOWN } ;
  struct machinecell w = any ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    w.state = (enum machine_state)i ;
    w.isready = i == MACHINE_UP ? 0 : -1 ;
    happens("ready", names[i], &w, MACHINE_READY, 0) ;
    w.isready = -1 ;
    for (unsigned int j = 0 ; i != MACHINE_FINISH && j < sizeof(deaths) / sizeof(deaths[0]) ; j++) happens("run dies", names[i], &w, MACHINE_DIED, deaths[j]) ;
    w.isgroup = i == MACHINE_UP ? 0 : -1 ;
    happens("due", names[i], &w, MACHINE_DUE, 0) ;
    w.isgroup = -1 ;
  }
  w.state = MACHINE_UP ;
  w.isready = 1 ;
  happens("ready", "up, ready", &w, MACHINE_READY, 0) ;
  w.isready = -1 ;
  w.isgroup = 1 ;
  happens("due", "up, group", &w, MACHINE_DUE, 0) ;
  w.isgroup = -1 ;
  w.state = MACHINE_FINISH ;
  w.isuntimed = 1 ;
  happens("due", "finish, adopted", &w, MACHINE_DUE, 0) ;
  w.isuntimed = 0 ;
  w.isanswer = 1 ;
  happens("finish starts", "finish", &w, MACHINE_FINISHING, SOME_PID) ;
  ends("no finish", MACHINE_NOTFINISHING, 0, 1, 0) ;
  for (unsigned int i = 0 ; i < sizeof(deaths) / sizeof(deaths[0]) ; i++)
    ends(deaths[i] == EXIT_125 ? "finish dies, 125" : "finish dies", MACHINE_DIED, deaths[i], 0, deaths[i] == EXIT_125) ;
  w = any ;
  happens("run starts", "down", &w, MACHINE_STARTED, SOME_PID) ;
  happens("run fails", "down", &w, MACHINE_NOTSTARTED, 0) ;
}

static void over (void)
{
  struct machinecell w = any ;
  w.state = MACHINE_OVER ;
  for (int c = 0 ; c < 256 ; c++) happens("letter", "over", &w, MACHINE_LETTER, c) ;
  for (int sig = 0 ; sig < 64 ; sig++) happens("signal", "over", &w, MACHINE_SIGNAL, sig) ;
  for (unsigned int event = MACHINE_READY ; event <= MACHINE_NOTFINISHING ; event++) happens("event", "over", &w, event, 0) ;
}

int main (void)
{
  letters() ;
  signals() ;
  events() ;
  over() ;
  return 0 ;
}
