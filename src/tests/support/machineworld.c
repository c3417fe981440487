/* ISC license. */

#include <signal.h>
#include <string.h>

#include <skalibs/tai.h>

#include "machineworld.h"

enum { SECOND = 1000, EXIT_125 = 125 << 8 } ;

static void make_new (struct machineworld *w)
{
  w->isonce = w->isleaving = w->isover = w->isletter = 0 ;
  w->killdue = MACHINEWORLD_NEVER ;
  w->saved = w->m.status ;
}

 /* As the supervisor does at its beginning. */

static void begin_now (struct machineworld *w)
{
  if (machineworld_due(w) <= w->now) machineworld_feed(w, MACHINE_DUE, 0) ;
  machineworld_judge(w) ;
}

void machineworld_begin (struct machineworld *w, int iswanted)
{
  tain now ;
  machineworld_get_time(w, &now) ;
  machine_init(&w->m, iswanted, &now, &now) ;
  w->iswanted = iswanted ;
  w->lasttry = w->now - SECOND ;
  make_new(w) ;
  begin_now(w) ;
}

void machineworld_adopt (struct machineworld *w, int hasstatus)
{
  struct svstatus const old = w->saved ;
  tain now ;
  machineworld_get_time(w, &now) ;
  machine_adopt(&w->m, w->pid, w->isfinish, hasstatus ? &old : 0, &now, &now) ;
  w->iswanted = hasstatus ? !!(old.flags & SVSTATUS_WANTEDUP) : 1 ;
  w->isready = w->isready && hasstatus ;
  w->adopted++ ;
  make_new(w) ;
  if (w->isfinish && w->files.timeoutfinish) w->killdue = w->now + w->files.timeoutfinish ;
  begin_now(w) ;
}

static void want_down (struct machineworld *w)
{
  w->iswanted = w->isonce = 0 ;
}

static void arm (struct machineworld *w)
{
  if (w->pid && !w->isfinish && w->files.timeoutkill) w->killdue = w->now + w->files.timeoutkill ;
}

static void leave (struct machineworld *w)
{
  w->isleaving = 1 ;
  if (w->pid || w->isover) return ;
  w->isover = 1 ;
  machineworld_owe(w, "x") ;
}

void machineworld_letter (struct machineworld *w, int c)
{
  unsigned int tries = w->tries ;
  int wasdown = !w->pid ;
  switch (c)
  {
    case 'd' : case 'D' : arm(w) ; want_down(w) ; break ;
    case 'O' : case 'Q' : want_down(w) ; break ;
    case 'o' : want_down(w) ; w->isonce = !w->pid ; break ;
    case 'u' : case 'U' : w->iswanted = 1 ; break ;
    case 'x' : leave(w) ; break ;
    default : break ;
  }
  w->isletter = 1 ;
  machineworld_feed(w, MACHINE_LETTER, c) ;
  if (wasdown) machineworld_must(w, RULE_DUE, w->tries - tries == (c && strchr("uUo", c) ? 1 : 0)) ;
  machineworld_judge(w) ;
}

void machineworld_signal (struct machineworld *w, int sig)
{
  switch (sig)
  {
    case SIGTERM : arm(w) ; leave(w) ; if (!w->isover) want_down(w) ; break ;
    case SIGHUP : leave(w) ; break ;
    default : w->isover = 1 ; machineworld_owe(w, "x") ; break ;
  }
  machineworld_feed(w, MACHINE_SIGNAL, sig) ;
  machineworld_judge(w) ;
}

void machineworld_ready (struct machineworld *w)
{
  if (w->pid && !w->isfinish && !w->isready)
  {
    w->isready = 1 ;
    machineworld_owe(w, "U") ;
  }
  machineworld_feed(w, MACHINE_READY, 0) ;
  machineworld_judge(w) ;
}

void machineworld_die (struct machineworld *w, int wstat)
{
  if (!w->pid) return ;
  w->pid = 0 ;
  w->killdue = MACHINEWORLD_NEVER ;
  if (w->isfinish)
  {
    if (wstat == EXIT_125) w->iswanted = 0 ;
    machineworld_end_life(w, wstat == EXIT_125 ? "OD" : "D") ;
  }
  else
  {
    w->deaths++ ;
    w->owestally = 1 ;
    w->wstat = wstat ;
  }
  machineworld_feed(w, MACHINE_DIED, wstat) ;
  machineworld_judge(w) ;
}

static void be_due (struct machineworld *w)
{
  unsigned int tries = w->tries, kills = w->kills ;
  if (w->pid) w->killdue = w->now + 5 * SECOND ;
  machineworld_feed(w, MACHINE_DUE, 0) ;
  machineworld_must(w, w->killdue < MACHINEWORLD_NEVER ? RULE_KILL : RULE_DUE, w->tries - tries + w->kills - kills == 1) ;
  machineworld_judge(w) ;
}

void machineworld_pass (struct machineworld *w, unsigned int milliseconds)
{
  int64_t end = w->now + milliseconds ;
  for (unsigned int n = 0 ; machineworld_due(w) <= end && n < milliseconds + 2 ; n++)
  {
    if (w->now < machineworld_due(w)) w->now = machineworld_due(w) ;
    be_due(w) ;
  }
  w->now = end ;
}

void machineworld_nothing (struct machineworld *w, enum machine_event event, int value)
{
  struct machine const before = w->m ;
  machineworld_feed(w, event, value) ;
  machineworld_must(w, RULE_OVER, before.state == w->m.state && machineworld_is_same(&before.status, &w->m.status) && before.isleaving == w->m.isleaving) ;
  machineworld_judge(w) ;
}
