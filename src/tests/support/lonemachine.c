/* ISC license. */

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "lonemachine.h"
#include "tap.h"

enum { BEGIN_SECONDS = 1000, FIRST_PID = 1000, MOST_AT_ONCE = 10000 } ;

void lonemachine_begin (struct lonemachine *l, int iswanted)
{
  static struct lonemachine const zero = { .pid = FIRST_PID, .canrun = 1, .words = MACHINEWORDS_ZERO } ;
  *l = zero ;
  l->files.downsignal = MACHINEWORDS_DOWNSIGNAL ;
  l->files.reloadsignal = MACHINEWORDS_RELOADSIGNAL ;
  tain_uint(&l->now, BEGIN_SECONDS) ;
  tain_uint(&l->label, 2 * BEGIN_SECONDS) ;
  machine_init(&l->m, iswanted, &l->now, &l->label) ;
}

static void answer (struct lonemachine *l, struct machine_effect const *e)
{
  int isrun = e->type == EFFECT_RUN ;
  int can = isrun ? l->canrun : l->hasfinish ;
  l->starts += isrun ;
  if (can) lonemachine_feed(l, isrun ? MACHINE_STARTED : MACHINE_FINISHING, ++l->pid) ;
  else lonemachine_feed(l, isrun ? MACHINE_NOTSTARTED : MACHINE_NOTFINISHING, 0) ;
}

void lonemachine_feed (struct lonemachine *l, enum machine_event event, int value)
{
  struct machine_input const in = { .event = event, .value = value, .now = l->now, .label = l->label } ;
  struct machine_effects effects ;
  machine_step(&l->m, &in, &l->files, &effects) ;
  for (unsigned int i = 0 ; i < effects.n ; i++)
  {
    machinewords_effect(&l->words, effects.list + i) ;
    if (effects.list[i].type == EFFECT_RUN || effects.list[i].type == EFFECT_FINISH) answer(l, effects.list + i) ;
  }
}

void lonemachine_letters (struct lonemachine *l, char const *s)
{
  while (*s) lonemachine_feed(l, MACHINE_LETTER, (unsigned char)*s++) ;
}

static void advance (struct lonemachine *l, tain const *to)
{
  tain span ;
  tain_sub(&span, to, &l->now) ;
  tain_add(&l->label, &l->label, &span) ;
  l->now = *to ;
}

void lonemachine_pass (struct lonemachine *l, unsigned int milliseconds)
{
  tain end ;
  clock_after(&end, &l->now, milliseconds) ;
  for (unsigned int n = 0 ; !tain_less(&end, &l->m.due) ; n++)
  {
    if (n > MOST_AT_ONCE) tap_bail("come to an end of what is due") ;
    if (tain_less(&l->now, &l->m.due)) advance(l, &l->m.due) ;
    lonemachine_feed(l, MACHINE_DUE, 0) ;
  }
  advance(l, &end) ;
}

int lonemachine_until_start (struct lonemachine *l, int max)
{
  unsigned int starts = l->starts ;
  for (int ms = 0 ; ms <= max ; ms++)
  {
    lonemachine_pass(l, ms != 0) ;
    if (l->starts != starts) return ms ;
  }
  return -1 ;
}

char const *lonemachine_said (struct lonemachine *l)
{
  l->words.s[l->words.len] = 0 ;
  l->words.len = 0 ;
  return l->words.s ;
}
