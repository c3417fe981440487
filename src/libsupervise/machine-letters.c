/* ISC license. */

#include <signal.h>

#include "libdaemon/clock.h"
#include "libsupervise/machine.h"
#include "libsupervise/machine-internal.h"

#define D_DOWN (DEED_DOWNSIGNAL | DEED_CONTINUE | DEED_UNPAUSED | DEED_ARM | DEED_WANTDOWN)

static struct machine_letter const letters[] =
{
   /* letter, signal, and what it does when it is down, up, when finish runs */
  { 'a', SIGALRM, { 0, DEED_SIGNAL, 0 } },
  { 'b', SIGABRT, { 0, DEED_SIGNAL, 0 } },
  { 'q', SIGQUIT, { 0, DEED_SIGNAL, 0 } },
  { 'h', SIGHUP, { 0, DEED_SIGNAL, 0 } },
  { 'k', SIGKILL, { 0, DEED_SIGNAL, 0 } },
  { 't', SIGTERM, { 0, DEED_SIGNAL, 0 } },
  { 'i', SIGINT, { 0, DEED_SIGNAL, 0 } },
  { '1', SIGUSR1, { 0, DEED_SIGNAL, 0 } },
  { '2', SIGUSR2, { 0, DEED_SIGNAL, 0 } },
  { 'y', SIGWINCH, { 0, DEED_SIGNAL, 0 } },
  { 'p', SIGSTOP, { 0, DEED_SIGNAL | DEED_PAUSED, 0 } },
  { 'c', SIGCONT, { 0, DEED_SIGNAL | DEED_UNPAUSED, 0 } },
  { 'P', SIGSTOP, { 0, DEED_SIGNALGROUP | DEED_PAUSED, 0 } },
  { 'C', SIGCONT, { 0, DEED_SIGNALGROUP | DEED_UNPAUSED, 0 } },
  { 'K', SIGKILL, { 0, DEED_SIGNALGROUP, 0 } },
  { 'r', 0, { 0, DEED_DOWNSIGNAL, 0 } },
  { 'l', 0, { 0, DEED_RELOADSIGNAL, 0 } },
  { 'd', 0, { DEED_WANTDOWN, D_DOWN, DEED_WANTDOWN } },
  { 'u', 0, { DEED_WANTUP | DEED_START, DEED_WANTUP, DEED_WANTUP } },
  { 'o', 0, { DEED_WANTDOWN | DEED_ONCE | DEED_START, DEED_WANTDOWN, DEED_WANTDOWN } },
  { 'O', 0, { DEED_WANTDOWN, DEED_WANTDOWN, DEED_WANTDOWN } },
  { 'D', 0, { DEED_MAKEDOWN | DEED_WANTDOWN, DEED_MAKEDOWN | D_DOWN, DEED_MAKEDOWN | DEED_WANTDOWN } },
  { 'U', 0, { DEED_REMOVEDOWN | DEED_WANTUP | DEED_START, DEED_REMOVEDOWN | DEED_WANTUP, DEED_REMOVEDOWN | DEED_WANTUP } },
  { 'Q', 0, { DEED_MAKEDOWN | DEED_WANTDOWN, DEED_MAKEDOWN | DEED_WANTDOWN, DEED_MAKEDOWN | DEED_WANTDOWN } },
  { 'x', 0, { DEED_LEAVE, DEED_LETGO | DEED_LEAVE, DEED_LETGO | DEED_LEAVE } },
  { 0, 0, { 0, 0, 0 } }
} ;

struct machine_letter const *machine_letter (int c)
{
  struct machine_letter const *l = letters ;
  while (l->letter && l->letter != c) l++ ;
  return l ;
}

char machine_letterof (int sig)
{
  struct machine_letter const *l = letters ;
  while (l->letter && l->sig != sig) l++ ;  /* those that are for its group come later */
  return l->letter ;
}

 /* The down file, and signals. */

static void act (unsigned int deeds, struct machine_letter const *l, struct machine_files const *files, struct machine_effects *effects)
{
  if (deeds & DEED_MAKEDOWN) machine_add(effects, EFFECT_MAKEDOWN, 0) ;
  if (deeds & DEED_REMOVEDOWN) machine_add(effects, EFFECT_REMOVEDOWN, 0) ;
  if (deeds & DEED_SIGNAL) machine_add(effects, EFFECT_SIGNAL, l->sig) ;
  if (deeds & DEED_SIGNALGROUP) machine_add(effects, EFFECT_SIGNALGROUP, l->sig) ;
  if (deeds & DEED_DOWNSIGNAL) machine_add(effects, EFFECT_SIGNAL, files->downsignal) ;
  if (deeds & DEED_RELOADSIGNAL) machine_add(effects, EFFECT_SIGNAL, files->reloadsignal) ;
  if (deeds & DEED_CONTINUE) machine_add(effects, EFFECT_SIGNAL, SIGCONT) ;
}

 /* What the status tells: who never ran is not "not started yet" once somebody has said what
    he wants. */

static unsigned int flags_after (struct machine const *m, unsigned int deeds)
{
  unsigned int flags = m->status.flags ;
  if (deeds & DEED_PAUSED) flags |= SVSTATUS_PAUSED ;
  if (deeds & DEED_UNPAUSED) flags &= ~(unsigned int)SVSTATUS_PAUSED ;
  if (deeds & DEED_WANTUP) flags |= SVSTATUS_WANTEDUP ;
  if (deeds & DEED_WANTDOWN) flags &= ~(unsigned int)SVSTATUS_WANTEDUP ;
  if (deeds & (DEED_WANTUP | DEED_WANTDOWN) && m->state == MACHINE_DOWN) flags &= ~(unsigned int)SVSTATUS_PAUSED ;
  return flags ;
}

 /* A reload by the wrong signal may do anything: it has to wait. What is to end is told so
    at once, and once more when more is known. */

static unsigned int owe (struct machine *m, unsigned int deeds, struct machine_files const *files)
{
  unsigned int owed = deeds & (DEED_DOWNSIGNAL | DEED_RELOADSIGNAL | DEED_ARM) ;
  if (!owed || !files->isunknown) return deeds ;
  m->owed |= owed ;
  return deeds & DEED_ARM ? deeds : deeds & ~owed ;
}

void machine_pay (struct machine *m, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  unsigned int deeds = m->owed ;
  if (files->isunknown || m->state != MACHINE_UP) return ;
  m->owed = 0 ;
  if (deeds & DEED_ARM && deeds & DEED_DOWNSIGNAL) deeds |= DEED_CONTINUE ;
  act(deeds, machine_letter(0), files, effects) ;
  if (deeds & DEED_ARM && files->timeoutkill) clock_after(&m->due, &in->now, files->timeoutkill) ;
}

void machine_obey (struct machine *m, struct machine_letter const *l, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  unsigned int deeds = owe(m, l->deeds[m->state], files) ;
  unsigned int flags = flags_after(m, deeds) ;
  act(deeds, l, files, effects) ;
  if (deeds & DEED_ARM && files->timeoutkill) clock_after(&m->due, &in->now, files->timeoutkill) ;
  if (deeds & DEED_WANTDOWN && m->state == MACHINE_DOWN)
  {
    m->isonce = !!(deeds & DEED_ONCE) ;
    m->due = tain_infinite ;
  }
  if (flags != m->status.flags && !(deeds & DEED_START)) machine_add(effects, EFFECT_STATUS, 0) ;
  m->status.flags = flags ;
  if (deeds & DEED_START)
  {
    m->failures = 0 ;
    machine_add(effects, EFFECT_RUN, 0) ;
  }
  if (deeds & DEED_LETGO) machine_add(effects, EFFECT_LETGO, 0) ;
  if (deeds & DEED_LEAVE)
  {
    m->isleaving = 1 ;
    if (m->state == MACHINE_DOWN) machine_leave(m, effects) ;
  }
}
