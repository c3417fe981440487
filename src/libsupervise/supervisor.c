/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

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

 /* The service that a supervisor before us has left running goes on, and what is known of
    it stays known; any other one begins anew. */

static int begin_machine (struct supervisor *s)
{
  struct svstatus old ;
  pid_t pid ;
  struct child_note note ;
  int fd, isdown, hasold ;
  tain label ;
  if (!child_find(&s->child, &pid, &note, &fd) || !tain_wallclock_read(&label)) return 0 ;
  if (!pid)
  {
    isdown = servicefiles_isthere(SERVICE_DOWN, s->log) ;
    machine_init(&s->machine, !isdown, &STAMP, &label) ;
    if (isdown == SERVICEFILES_KEPT) return (errno = EIO, 0) ;  /* it said nothing yet */
    return isdown >= 0 && tally_clear(".") ;
  }
  s->orphan = pid ;
  hasold = svstatus_read(".", &old) ;
  if (!hasold && is_shortage(errno)) return 0 ;  /* what is wanted of it is in there */
  if (!hasold) log_line(s->log, LOG_WARNING, "unable to read " SERVICE_STATUS ": ", strerror(errno), ": taken to be wanted up") ;
  machine_adopt(&s->machine, pid, note.what == CHILD_FINISH, hasold ? &old : 0, &STAMP, &label) ;
  if (note.what == CHILD_ENDING) rearm(s, note.when) ;
  return supervisor_adopt(s, fd) ;
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
  poll(0, 0, BREATH_MS) ;
}

int supervisor_run (struct supervisor *s)
{
  if (!tain_now_set_stopwatch_g() || !supervisor_begin(s)) return 0 ;
  if (!begin_machine(s)) return 0 ;
  if (!write_first_status(s)) return 0 ;
  supervisor_tell(s, "s") ;  /* who does not hear it loses his fifo */
  if (tain_future(&s->machine.due)) loop_timer_set(&s->loop, &s->due, &s->machine.due) ;
  else supervisor_feed(s, MACHINE_DUE, 0) ;
  if (s->machine.owed) supervisor_feed(s, MACHINE_AGAIN, 0) ;
  while (s->machine.state != MACHINE_OVER) turn(s) ;
  return 1 ;
}
