/* ISC license. */

 /* An input of the machine, the files that matter for it, and its effects. */

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervisor-internal.h"

enum { TIMEOUT_FINISH_MS = 5000 } ;

 /* What cannot be read just now is asked for again. */

static void note (struct supervisor *s, struct machine_files *f, int r)
{
  if (r >= 0) return ;
  f->isunknown = 1 ;
  supervisor_complain(s, TROUBLE_FILES, "read files of the service") ;
}

static void read_signal (struct supervisor *s, struct machine_files *f, char const *file, enum supervisor_file which, int *sig)
{
  int r = servicefiles_signal(file, sig, s->log) ;
  note(s, f, r) ;
  *sig = (int)supervisor_recall(s, which, r, (unsigned int)*sig) ;
}

static void read_number (struct supervisor *s, struct machine_files *f, char const *file, enum supervisor_file which, unsigned int max, unsigned int *n)
{
  int r = servicefiles_number(file, 0, max, n, s->log) ;
  note(s, f, r) ;
  *n = supervisor_recall(s, which, r, *n) ;
}

static void read_files (struct supervisor *s, unsigned int which, struct machine_files *f)
{
  f->downsignal = SIGTERM ;
  f->reloadsignal = SIGHUP ;
  f->timeoutkill = f->maxdelay = 0 ;
  f->timeoutfinish = TIMEOUT_FINISH_MS ;
  f->iskillgroup = f->isunknown = 0 ;
  if (which & MACHINE_DOWNSIGNAL) read_signal(s, f, "down-signal", FILE_DOWNSIGNAL, &f->downsignal) ;
  if (which & MACHINE_RELOADSIGNAL) read_signal(s, f, "reload-signal", FILE_RELOADSIGNAL, &f->reloadsignal) ;
  if (which & MACHINE_TIMEOUTKILL) read_number(s, f, "timeout-kill", FILE_TIMEOUTKILL, UINT_MAX, &f->timeoutkill) ;
  if (which & MACHINE_TIMEOUTFINISH) read_number(s, f, "timeout-finish", FILE_TIMEOUTFINISH, UINT_MAX, &f->timeoutfinish) ;
  if (which & MACHINE_MAXDELAY) read_number(s, f, "max-restart-delay", FILE_MAXDELAY, UINT_MAX / 2, &f->maxdelay) ;
  if (which & MACHINE_KILLGROUP)
  {
    int r = servicefiles_isthere("flag-timeout-killpg", s->log) ;
    note(s, f, r) ;
    f->iskillgroup = (uint8_t)supervisor_recall(s, FILE_KILLGROUP, r, r == 1) ;
  }
  if (which && !f->isunknown) supervisor_isfine(s, TROUBLE_FILES) ;
}

static void change_down (struct supervisor *s, int isthere)
{
  int fd = -1 ;
  int ok = isthere ? (fd = open_create(SERVICE_DOWN)) >= 0 : unlink(SERVICE_DOWN) == 0 || errno == ENOENT ;
  if (fd >= 0) fd_close(fd) ;
  if (ok) supervisor_isfine(s, TROUBLE_DOWN) ;
  else supervisor_complain(s, TROUBLE_DOWN, isthere ? "make " SERVICE_DOWN : "remove " SERVICE_DOWN) ;
}

static void perform (struct supervisor *s, struct machine_effect const *e)
{
  switch (e->type)
  {
    case EFFECT_STATUS : supervisor_save_status(s) ; break ;
    case EFFECT_TELL : supervisor_tell(s, e->letters) ; break ;
    case EFFECT_TALLY : supervisor_save_death(s, e->value) ; break ;
    case EFFECT_SIGNAL : supervisor_signal(s, e->value, 0) ; break ;
    case EFFECT_SIGNALGROUP : supervisor_signal(s, e->value, 1) ; break ;
    case EFFECT_CLEAN : supervisor_clean(s) ; break ;
    case EFFECT_MAKEDOWN : change_down(s, 1) ; break ;
    case EFFECT_REMOVEDOWN : change_down(s, 0) ; break ;
    case EFFECT_LETGO : supervisor_let_go() ; break ;
    case EFFECT_RUN :
    case EFFECT_FINISH : break ;
  }
}

 /* The last one may be answered by another input. */

static void perform_all (struct supervisor *s, struct machine_effects const *effects)
{
  enum machine_event event ;
  int value = 0 ;
  for (unsigned int i = 0 ; i < effects->n ; i++)
  {
    struct machine_effect const *e = effects->list + i ;
    perform(s, e) ;
    if (e->type != EFFECT_RUN && e->type != EFFECT_FINISH) continue ;
    event = e->type == EFFECT_RUN ? supervisor_start_run(s, &value) : supervisor_start_finish(s, e->value, &value) ;
    supervisor_feed(s, event, value) ;
  }
}

void supervisor_feed (struct supervisor *s, enum machine_event event, int value)
{
  struct machine_input in = { .event = event, .value = value } ;
  struct machine_files files ;
  struct machine_effects effects ;
  tain_now_g() ;
  in.now = STAMP ;
  tain_wallclock_read(&in.label) ;
  read_files(s, machine_reads(&s->machine, &in), &files) ;
  machine_step(&s->machine, &in, &files, &effects) ;
  supervisor_save_ending(s) ;  /* before anybody sees in the status that it is so */
  perform_all(s, &effects) ;
  if (s->machine.owed) supervisor_put_off(s) ;
  supervisor_tell_next(s) ;
  loop_timer_set(&s->loop, &s->due, &s->machine.due) ;
}
