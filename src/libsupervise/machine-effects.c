/* ISC license. */

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libsupervise/machine.h"
#include "libsupervise/machine-internal.h"

void machine_add (struct machine_effects *effects, enum machine_effect_type type, int value)
{
  struct machine_effect *e = effects->list + effects->n++ ;
  e->type = type ;
  e->value = value ;
  e->letters = 0 ;
}

void machine_tell (struct machine_effects *effects, char const *letters)
{
  machine_add(effects, EFFECT_STATUS, 0) ;
  machine_add(effects, EFFECT_TELL, 0) ;
  effects->list[effects->n - 1].letters = letters ;
}

void machine_leave (struct machine *m, struct machine_effects *effects)
{
  m->state = MACHINE_OVER ;
  m->due = tain_infinite ;
  machine_add(effects, EFFECT_TELL, 0) ;
  effects->list[effects->n - 1].letters = "x" ;
}

static int is_wanted (struct machine const *m)
{
  return m->isonce || m->status.flags & SVSTATUS_WANTEDUP ;
}

void machine_settle (struct machine *m, tain const *now, struct machine_effects *effects)
{
  m->due = tain_infinite ;
  if (m->isleaving) machine_leave(m, effects) ;
  else if (is_wanted(m))
  {
    clock_after(&m->due, &m->started, m->pause) ;
    if (!tain_less(now, &m->due)) machine_add(effects, EFFECT_RUN, 0) ;
  }
}
