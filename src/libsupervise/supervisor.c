/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/loop.h"
#include "libdaemon/shortage.h"
#include "libsupervise/child.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervisor-internal.h"
#include "libsupervise/svstatus.h"

enum { BREATH_MS = 1000 } ;

 /* Supervisors may be killed one after the other: the time is that of who was told. */

static void rearm (struct supervisor *s, int64_t when)
{
  int64_t left = when - clock_milliseconds() ;
  if (when < 0 || left > UINT_MAX)
  {
    machine_rearm(&s->machine, 0) ;
    return ;
  }
  clock_after(&s->ending, &STAMP, left > 0 ? (unsigned int)left : 0) ;
  machine_rearm(&s->machine, &s->ending) ;
}

 /* A run or a finish whose end no supervisor has seen: status still has it. 0: there is no
    such. -1 and errno: that cannot be known just now. */

static int read_dead (struct child_note const *note, struct svstatus *old)
{
  if (!note->dead) return 0 ;
  if (!svstatus_read(".", old)) return is_shortage(errno) ? -1 : 0 ;
  return old->pid == note->dead && !!(old->flags & SVSTATUS_FINISHING) == (note->what == CHILD_FINISH) ;
}

 /* Has the file down, which is there, been made or touched since that supervisor's last word? */

static int is_down_later (void)
{
  struct stat down, status ;
  if (stat(SERVICE_DOWN, &down) == -1 || stat(SERVICE_STATUS, &status) == -1) return 1 ;
  if (down.st_ctim.tv_sec != status.st_ctim.tv_sec) return down.st_ctim.tv_sec > status.st_ctim.tv_sec ;
  return down.st_ctim.tv_nsec >= status.st_ctim.tv_nsec ;
}

 /* Its end is told of as soon as there are listeners to hear it. What it lived nobody knows:
    the next start waits for nothing. */

static int begin_after (struct supervisor *s, struct child_note const *note, tain const *label)
{
  struct svstatus old ;
  int hasdied = read_dead(note, &old) ;
  int isdown = hasdied < 0 ? -1 : servicefiles_isthere(SERVICE_DOWN, s->log) ;
  if (isdown == SERVICEFILES_KEPT) return (errno = EIO, 0) ;  /* it said nothing yet */
  if (isdown < 0) return 0 ;
  if (!hasdied)
  {
    machine_init(&s->machine, !isdown, &STAMP, label) ;
    return tally_clear(".") ;
  }
  if (isdown && is_down_later()) old.flags &= ~(unsigned int)SVSTATUS_WANTEDUP ;
  machine_adopt(&s->machine, note->dead, note->what == CHILD_FINISH, &old, &STAMP, label) ;
  s->machine.started = tain_zero ;
  s->machine.due = tain_infinite ;
  s->hasdied = 1 ;
  return 1 ;
}

 /* The service that a supervisor before us has left running goes on, and what is known of
    it stays known; one that has ended meanwhile has its end; any other one begins anew. */

static int begin_machine (struct supervisor *s)
{
  struct svstatus old ;
  pid_t pid ;
  struct child_note note ;
  int fd, hasold ;
  tain label ;
  if (!child_find(&s->child, &pid, &note, &fd) || !tain_wallclock_read(&label)) return 0 ;
  if (!pid) return begin_after(s, &note, &label) ;
  s->orphan = pid ;
  hasold = svstatus_read(".", &old) ;
  if (!hasold && is_shortage(errno)) return 0 ;  /* what is wanted of it is in there */
  if (!hasold) log_line(s->log, LOG_WARNING, "unable to read " SERVICE_STATUS ": ", strerror(errno), ": taken to be wanted up") ;
  machine_adopt(&s->machine, pid, note.what == CHILD_FINISH, hasold ? &old : 0, &STAMP, &label) ;
  if (note.what == CHILD_ENDING) rearm(s, note.when) ;
  if (!supervisor_adopt(s, fd)) return 0 ;
  s->isleaving = (uint8_t)!!note.isleaving ;
  supervisor_save_ending(s) ;  /* who was leaving has left, and we stay */
  return 1 ;
}

 /* An old one may stand for a while: a full disk is no reason to leave the service alone. */

static int write_first_status (struct supervisor *s)
{
  struct svstatus old ;
  int e ;
  if (svstatus_write(".", &s->machine.status)) return 1 ;
  e = errno ;
  if (!svstatus_read(".", &old)) return (errno = e, 0) ;
  supervisor_save_status(s) ;
  return 1 ;
}

 /* A wait that fails is no reason to leave the service alone. */

static void turn (struct supervisor *s)
{
  if (loop_turn(&s->loop))
  {
    supervisor_isfine(s, TROUBLE_LOOP) ;
    return ;
  }
  if (errno == EINTR) return ;
  supervisor_complain(s, TROUBLE_LOOP, "wait for events") ;
  clock_breathe(BREATH_MS) ;
}

int supervisor_run (struct supervisor *s)
{
  if (!tain_now_set_stopwatch_g() || !supervisor_begin(s)) return 0 ;
  if (!begin_machine(s)) return 0 ;
  if (!write_first_status(s)) return 0 ;
  supervisor_tell(s, "s") ;  /* who does not hear it loses his fifo */
  if (s->hasdied) supervisor_feed(s, MACHINE_DIED, MACHINE_UNKNOWN) ;
  if (tain_future(&s->machine.due)) loop_timer_set(&s->loop, &s->due, &s->machine.due) ;
  else supervisor_feed(s, MACHINE_DUE, 0) ;
  if (s->machine.owed) supervisor_feed(s, MACHINE_AGAIN, 0) ;
  while (s->machine.state != MACHINE_OVER) turn(s) ;
  return 1 ;
}
