/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/pause.h"
#include "libdaemon/procfd.h"
#include "libfifodir/fifodir.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/supervisor-internal.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/wholefile.h"

enum { NEXT_SOON_MS = 1000 } ;

void supervisor_complain (struct supervisor *s, enum trouble trouble, char const *what)
{
  int e = errno ;
  if (!(s->complained & 1u << trouble)) log_line(s->log, LOG_WARNING, "unable to ", what, ": ", strerror(e)) ;
  s->complained |= 1u << trouble ;
  errno = e ;
}

 /* What could not be done is done later: after 1 s, then twice as long each time. */

void supervisor_put_off (struct supervisor *s)
{
  tain when ;
  if (!tain_less(&s->later.when, &tain_infinite))
  {
    pause_lengthen(&s->patience, PAUSE_LONGEST_SHORTAGE) ;
    pause_end(s->patience, &STAMP, &when) ;
    loop_timer_set(&s->loop, &s->later, &when) ;
  }
}

static int most_deaths (struct supervisor *s, unsigned int *n)
{
  int r ;
  *n = TALLY_USUALLY ;
  r = servicefiles_number("max-death-tally", 0, TALLY_MOST, n, s->log) ;
  *n = supervisor_recall(s, FILE_MAXTALLY, r, *n) ;
  return r >= 0 ;
}

static void save_deaths (struct supervisor *s)
{
  unsigned int most ;
  unsigned int n = 0 ;
  int isknown = most_deaths(s, &most) ;
  while (isknown && n < s->unsavedlen && tally_add(".", s->unsaved + n, most)) n++ ;
  s->unsavedlen -= n ;
  memmove(s->unsaved, s->unsaved + n, s->unsavedlen * sizeof(struct tally_death)) ;
  if (s->unsavedlen)
  {
    supervisor_complain(s, TROUBLE_TALLY, "write " SERVICE_TALLY) ;
    supervisor_put_off(s) ;
  }
  else supervisor_isfine(s, TROUBLE_TALLY) ;
}

void supervisor_save_death (struct supervisor *s, int wstat)
{
  if (s->unsavedlen == SUPERVISOR_UNSAVED) memmove(s->unsaved, s->unsaved + 1, --s->unsavedlen * sizeof(struct tally_death)) ;
  tally_death(s->unsaved + s->unsavedlen++, &s->machine.status.changed, wstat) ;
  save_deaths(s) ;
}

static void tell_all (struct supervisor *s)
{
  if (fifodir_notify(SERVICE_EVENT, s->untold, s->untoldlen))
  {
    s->untoldlen = 0 ;
    supervisor_isfine(s, TROUBLE_EVENT) ;
    return ;
  }
  supervisor_complain(s, TROUBLE_EVENT, "tell of events in " SERVICE_EVENT) ;
  supervisor_put_off(s) ;
}

void supervisor_tell (struct supervisor *s, char const *letters)
{
  size_t len = strlen(letters) ;
  if (s->untoldlen + len > SUPERVISOR_UNTOLD)
  {
    s->untoldlen -= (unsigned int)len ;
    memmove(s->untold, s->untold + len, s->untoldlen) ;
  }
  memcpy(s->untold + s->untoldlen, letters, len) ;
  s->untoldlen += (unsigned int)len ;
  tell_all(s) ;
}

 /* A child that we have not taken notice of keeps its number, and that of its group. Who
    is no child of ours is told by its descriptor, or is looked at first. */

static int is_there (struct supervisor *s)
{
  if (loop_watch_isstarted(&s->adopted)) return !procfd_hasended(s->adopted.fd) ;
  return child_lives(&s->child, s->orphan) ;
}

 /* A child writes it itself before it executes, so that no moment is without. Who is dead,
    and not yet known to be, needs nothing any more; his number may be another's. */

static void save_child (struct supervisor *s)
{
  struct svstatus const *status = &s->machine.status ;
  int isarmed = tain_less(&s->ending, &tain_infinite) ;
  struct child_note const note =
  {
    .what = status->flags & SVSTATUS_FINISHING ? CHILD_FINISH : isarmed ? CHILD_ENDING : CHILD_RUN,
    .when = isarmed ? clock_milliseconds() + (int64_t)clock_elapsed(&STAMP, &s->ending) : -1,
    .isleaving = s->isleaving
  } ;
  s->ischildunsaved = 0 ;
  if (!status->pid || (s->orphan && !is_there(s))) return ;
  s->ischildunsaved = !child_write(&s->child, status->pid, &note) && errno != ESRCH ;
  if (s->ischildunsaved)
  {
    supervisor_complain(s, TROUBLE_CHILD, "write " SERVICE_CHILD) ;
    supervisor_put_off(s) ;
  }
  else supervisor_isfine(s, TROUBLE_CHILD) ;
}

void supervisor_save_ending (struct supervisor *s)
{
  struct machine const *m = &s->machine ;
  int isleaving = m->isleaving || m->state == MACHINE_OVER ;
  int isnew = machine_isarmed(m) && (tain_less(&m->due, &s->ending) || tain_less(&s->ending, &m->due)) ;
  uint8_t wasunsaved ;
  if (isnew) s->ending = m->due ;
  if (!isnew && isleaving == s->isleaving) return ;
  s->isleaving = (uint8_t)isleaving ;
  wasunsaved = s->ischildunsaved ;  /* who was just started may write it himself after us */
  save_child(s) ;
  s->ischildunsaved |= wasunsaved ;
}

static char const *letter_of_state (struct machine const *m)
{
  if (svstatus_isup(&m->status)) return svstatus_isready(&m->status) ? "U" : "u" ;
  return svstatus_isfinished(&m->status) ? "D" : "d" ;
}

 /* Who has come since the last letter, or was woken by it, has read a status of before: when
    there is a new one after all, it is told once more, whatever has brought it. */

void supervisor_save_status (struct supervisor *s)
{
  int wasunsaved = s->isstatusunsaved ;
  s->isstatusunsaved = !svstatus_write(".", &s->machine.status) ;
  if (s->isstatusunsaved)
  {
    supervisor_complain(s, TROUBLE_STATUS, "write " SERVICE_STATUS) ;
    supervisor_put_off(s) ;
    return ;
  }
  supervisor_isfine(s, TROUBLE_STATUS) ;
  if (wasunsaved) supervisor_tell(s, letter_of_state(&s->machine)) ;
}

void supervisor_retry (struct supervisor *s)
{
  if (s->ischildunsaved) save_child(s) ;
  if (s->unsavedlen) save_deaths(s) ;
  if (s->isstatusunsaved) supervisor_save_status(s) ;
  if (s->untoldlen) tell_all(s) ;
  if (!tain_less(&s->later.when, &tain_infinite)) s->patience = 0 ;
}

 /* Only while there is something to wait for: a pause of a second is none. */

void supervisor_tell_next (struct supervisor *s)
{
  char label[TAIN_PACK] ;
  tain left, when ;
  int iswaiting = s->machine.state == MACHINE_DOWN && tain_less(&s->machine.due, &tain_infinite)
    && clock_elapsed(&STAMP, &s->machine.due) > NEXT_SOON_MS ;
  if (!iswaiting)
  {
    if (tain_less(&s->nexttold, &tain_infinite)) unlink(SERVICE_NEXT_START) ;
    s->nexttold = tain_infinite ;
    return ;
  }
  if (!tain_less(&s->nexttold, &s->machine.due) && !tain_less(&s->machine.due, &s->nexttold)) return ;
  tain_sub(&left, &s->machine.due, &STAMP) ;
  tain_wallclock_read(&when) ;
  tain_add(&when, &when, &left) ;
  tain_pack(label, &when) ;
  if (wholefile_replace(SERVICE_NEXT_START, label, sizeof(label)))
  {
    s->nexttold = s->machine.due ;
    supervisor_isfine(s, TROUBLE_NEXT) ;
    return ;
  }
  supervisor_complain(s, TROUBLE_NEXT, "write " SERVICE_NEXT_START) ;
}

void supervisor_signal (struct supervisor *s, int sig, int isgroup)
{
  pid_t pid = s->machine.status.pid ;
  if (!pid) return ;
  if (s->orphan && !is_there(s)) return ;
  if (isgroup && kill(-pid, sig) == 0) return ;
  if (s->orphan && loop_watch_isstarted(&s->adopted)) procfd_kill(s->adopted.fd, sig) ;
  else kill(pid, sig) ;
}

void supervisor_unhear (struct supervisor *s)
{
  int fd = s->notification.fd ;
  if (!loop_watch_isstarted(&s->notification)) return ;
  loop_watch_stop(&s->loop, &s->notification) ;
  fd_close(fd) ;
}

 /* Whoever reads from our stdout, or writes to our stdin, is not to wait for us. */

void supervisor_let_go (void)
{
  fd_close(0) ;
  fd_close(1) ;
  (void)fd_sanitize() ;  /* opens it in their places: there is room for it now */
}
