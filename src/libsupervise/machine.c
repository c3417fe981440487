/* ISC license. */

#include <signal.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libsupervise/machine.h"
#include "libsupervise/machine-internal.h"

enum
{
  PAUSE_MS = 1000,  /* between two starts, usually */
  FAILURE_DOUBLINGS = 6,  /* 1 s to 60 s between starts that fail */
  FAILURE_SECONDS_MAX = 60,
  KILL_AGAIN_MS = 5000,
  READ_AGAIN_MS = 1000,  /* a file that could not be read */
  WSTAT_UNKNOWN = 0xff00,  /* an exit with 255 */
  PERMANENT_FAILURE = 125
} ;

void machine_init (struct machine *m, int iswanted, tain const *now, tain const *label)
{
  static struct machine const zero = { .state = MACHINE_DOWN, .pause = PAUSE_MS } ;
  *m = zero ;
  m->status.changed = m->status.readied = *label ;
  m->status.flags = SVSTATUS_PAUSED | SVSTATUS_READY | (iswanted ? SVSTATUS_WANTEDUP : 0) ;
  m->started = *now ;
  m->due = iswanted ? *now : tain_infinite ;
}

void machine_adopt (struct machine *m, pid_t pid, int isfinish, struct svstatus const *old, tain const *now, tain const *label)
{
  machine_init(m, 1, now, label) ;
  if (old) m->status = *old ;
  m->state = isfinish ? MACHINE_FINISH : MACHINE_UP ;
  m->due = isfinish ? *now : tain_infinite ;
  m->isuntimed = !!isfinish ;
  if (!isfinish) m->run = pid ;
  if (m->status.pid == pid && !!(m->status.flags & SVSTATUS_FINISHING) == !!isfinish) return ;
  m->status.pid = pid ;
  m->status.changed = *label ;
  m->status.flags &= SVSTATUS_WANTEDUP ;
  if (!isfinish) return ;
  m->status.wstat = WSTAT_UNKNOWN ;
  m->status.flags |= SVSTATUS_FINISHING ;
}

void machine_rearm (struct machine *m, tain const *due)
{
  if (due) m->due = *due ;
  else m->owed |= DEED_ARM ;
}

unsigned int machine_reads (struct machine const *m, struct machine_input const *in)
{
  unsigned int deeds = 0 ;
  if (in->event == MACHINE_LETTER && m->state != MACHINE_OVER) deeds = machine_letter(in->value)->deeds[m->state] ;
  if (in->event == MACHINE_SIGNAL && in->value == SIGTERM && m->state == MACHINE_UP) deeds = machine_letter('d')->deeds[m->state] ;
  switch (in->event)
  {
    case MACHINE_DIED : return m->state == MACHINE_UP ? MACHINE_MAXDELAY : 0 ;
    case MACHINE_FINISHING : return MACHINE_TIMEOUTFINISH ;
    case MACHINE_AGAIN : deeds = m->owed ; break ;
    case MACHINE_DUE : return m->state == MACHINE_UP ? MACHINE_KILLGROUP : m->isuntimed ? MACHINE_TIMEOUTFINISH : 0 ;
    default : break ;
  }
  return (deeds & DEED_DOWNSIGNAL ? MACHINE_DOWNSIGNAL : 0)
    | (deeds & DEED_RELOADSIGNAL ? MACHINE_RELOADSIGNAL : 0)
    | (deeds & DEED_ARM ? MACHINE_TIMEOUTKILL : 0) ;
}

 /* It grows with each life that was of no use: shorter than the pause itself, or over
    before it was ready, as it always is where nobody hears of that. */

static void set_pause (struct machine *m, tain const *now, unsigned int max)
{
  uint64_t life = clock_elapsed(&m->started, now) ;
  int isuseless = life < m->pause || (!(m->status.flags & SVSTATUS_READY) && life < max) ;
  if (max < PAUSE_MS) max = PAUSE_MS ;
  m->pause = isuseless ? m->pause * 2 : PAUSE_MS ;
  if (m->pause > max) m->pause = max ;
}

static void on_run_dead (struct machine *m, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  set_pause(m, &in->now, files->maxdelay) ;
  m->state = MACHINE_FINISH ;
  m->due = tain_infinite ;
  m->owed = 0 ;
  m->status.pid = 0 ;
  m->status.wstat = in->value == MACHINE_UNKNOWN ? WSTAT_UNKNOWN : (unsigned int)in->value ;
  m->status.changed = in->label ;
  m->status.flags &= SVSTATUS_WANTEDUP ;
  machine_add(effects, EFFECT_TALLY, (int)m->status.wstat) ;
  machine_add(effects, EFFECT_FINISH, in->value) ;
}

static void go_down (struct machine *m, struct machine_input const *in, char const *letters, struct machine_effects *effects)
{
  m->state = MACHINE_DOWN ;
  m->isuntimed = 0 ;
  m->status.pid = 0 ;
  m->status.readied = in->label ;
  m->status.flags &= SVSTATUS_WANTEDUP ;
  m->status.flags |= SVSTATUS_READY ;
  machine_add(effects, EFFECT_CLEAN, 0) ;
  machine_tell(effects, letters) ;
  machine_settle(m, &in->now, effects) ;
}

static void on_finish_dead (struct machine *m, struct machine_input const *in, struct machine_effects *effects)
{
  int isfailure = in->value != MACHINE_UNKNOWN && WIFEXITED(in->value) && WEXITSTATUS(in->value) == PERMANENT_FAILURE ;
  if (isfailure) m->status.flags &= ~(unsigned int)SVSTATUS_WANTEDUP ;
  go_down(m, in, isfailure ? "OD" : "D", effects) ;
}

static void time_finish (struct machine *m, tain const *now, struct machine_files const *files)
{
  m->isuntimed = files->isunknown ;
  m->due = tain_infinite ;
  if (files->isunknown) clock_after(&m->due, now, READ_AGAIN_MS) ;
  else if (files->timeoutfinish) clock_after(&m->due, now, files->timeoutfinish) ;
}

static void on_finishing (struct machine *m, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  m->status.pid = in->value ;
  m->status.flags |= SVSTATUS_FINISHING ;
  time_finish(m, &in->now, files) ;
  machine_tell(effects, "d") ;
}

static void on_started (struct machine *m, struct machine_input const *in, struct machine_effects *effects)
{
  m->state = MACHINE_UP ;
  m->due = tain_infinite ;
  m->started = in->now ;
  m->failures = 0 ;
  m->isonce = 0 ;
  m->status.pid = m->run = in->value ;
  m->status.changed = in->label ;
  m->status.flags &= SVSTATUS_WANTEDUP ;
  machine_tell(effects, "u") ;
}

 /* Tried again for as long as it is wanted. */

static void on_not_started (struct machine *m, tain const *now, struct machine_effects *effects)
{
  unsigned int seconds = m->failures < FAILURE_DOUBLINGS ? 1u << m->failures : FAILURE_SECONDS_MAX ;
  if (m->failures < FAILURE_DOUBLINGS) m->failures++ ;
  clock_after(&m->due, now, seconds * 1000) ;
  machine_add(effects, EFFECT_STATUS, 0) ;
}

static void kill_it (struct machine *m, tain const *now, int isgroup, struct machine_effects *effects)
{
  clock_after(&m->due, now, KILL_AGAIN_MS) ;
  machine_add(effects, isgroup ? EFFECT_SIGNALGROUP : EFFECT_SIGNAL, SIGKILL) ;
  machine_add(effects, EFFECT_SIGNAL, SIGCONT) ;
}

 /* Unless it has been put off since. */

static void on_due (struct machine *m, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  if (tain_less(&in->now, &m->due)) return ;
  if (m->state == MACHINE_DOWN) machine_add(effects, EFFECT_RUN, 0) ;
  else if (m->isuntimed) time_finish(m, &in->now, files) ;
  else kill_it(m, &in->now, m->state == MACHINE_UP && files->iskillgroup, effects) ;
}

 /* TERM is x and d, but while run lives it keeps stdin and stdout. */

static void on_signal (struct machine *m, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  switch (in->value)
  {
    case SIGTERM :
      if (m->state == MACHINE_UP) m->isleaving = 1 ;
      else machine_obey(m, machine_letter('x'), in, files, effects) ;
      if (m->state != MACHINE_OVER) machine_obey(m, machine_letter('d'), in, files, effects) ;
      break ;
    case SIGHUP : machine_obey(m, machine_letter('x'), in, files, effects) ; break ;
    case SIGINT :
      if (m->status.pid) machine_add(effects, EFFECT_SIGNALGROUP, SIGINT) ;
      machine_leave(m, effects) ;
      break ;
    case SIGQUIT : machine_leave(m, effects) ; break ;
    default : break ;
  }
}

void machine_step (struct machine *m, struct machine_input const *in, struct machine_files const *files, struct machine_effects *effects)
{
  effects->n = 0 ;
  if (m->state == MACHINE_OVER) return ;
  switch (in->event)
  {
    case MACHINE_LETTER : machine_obey(m, machine_letter(in->value), in, files, effects) ; break ;
    case MACHINE_SIGNAL : on_signal(m, in, files, effects) ; break ;
    case MACHINE_READY :
      if (m->state != MACHINE_UP || m->status.flags & SVSTATUS_READY) break ;
      m->status.flags |= SVSTATUS_READY ;
      m->status.readied = in->label ;
      machine_tell(effects, "U") ;
      break ;
    case MACHINE_DIED :
      if (m->state == MACHINE_UP) on_run_dead(m, in, files, effects) ;
      else if (m->state == MACHINE_FINISH) on_finish_dead(m, in, effects) ;
      break ;
    case MACHINE_DUE : on_due(m, in, files, effects) ; break ;
    case MACHINE_AGAIN : machine_pay(m, in, files, effects) ; break ;
    case MACHINE_STARTED : on_started(m, in, effects) ; break ;
    case MACHINE_NOTSTARTED : on_not_started(m, &in->now, effects) ; break ;
    case MACHINE_FINISHING : on_finishing(m, in, files, effects) ; break ;
    case MACHINE_NOTFINISHING : go_down(m, in, "dD", effects) ; break ;
  }
}
