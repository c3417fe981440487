/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#include <skalibs/tai.h>

#include "libnotifyd/notifyd-internal.h"

 /* The library waits for the holder, and for nothing else. So a timer ticks meanwhile: when
    there are signals or messages to be read, the deadline is over, which the library looks at
    again after each interruption. What is asked can be asked twice. */

static tain *volatile due = 0 ;  /* of what is asked now */
static int volatile waiting[NOTIFYD_HASTES] = { -1, -1 } ;
static unsigned int volatile patience[NOTIFYD_HASTES] ;
static unsigned int volatile passed = 0 ;
static int volatile over = -1 ;  /* for which of them */

static int is_readable (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLIN } ;
  return poll(&x, 1, 0) > 0 ;
}

 /* Half a store of it is in the past, too. */

static void on_tick (int sig)
{
  int e = errno ;
  tain *deadline = due ;
  (void)sig ;
  passed += NOTIFYD_HASTE_MS ;
  for (int i = 0 ; deadline && over < 0 && i < NOTIFYD_HASTES ; i++)
    if (passed >= patience[i] && is_readable(waiting[i])) over = i ;
  if (deadline && over >= 0) deadline->sec.x = 0 ;
  errno = e ;
}

void notifyd_haste_init (void)
{
  struct sigaction const action = { .sa_handler = &on_tick, .sa_flags = SA_RESTART } ;
  sigaction(SIGALRM, &action, 0) ;
}

static void tick (unsigned int ms)
{
  struct itimerval const t =
  {
    .it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 },
    .it_interval = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 }
  } ;
  setitimer(ITIMER_REAL, &t, 0) ;
}

void notifyd_haste_begin (struct notifyd *d)
{
  waiting[NOTIFYD_SIGNALS] = d->signals.fd ;
  waiting[NOTIFYD_MESSAGES] = d->state == NOTIFYD_RUNNING ? d->inbox.fd : -1 ;
  for (unsigned int i = 0 ; i < NOTIFYD_HASTES ; i++) patience[i] = d->haste[i] ;
  passed = 0 ;
  over = -1 ;
  due = &d->due ;
  tick(NOTIFYD_HASTE_MS) ;
}

void notifyd_haste_reset (struct notifyd *d)
{
  for (unsigned int i = 0 ; i < NOTIFYD_HASTES ; i++) d->haste[i] = NOTIFYD_HASTE_MS ;
}

static unsigned int leisure (struct notifyd const *d)
{
  unsigned int timeout = d->options.timeout ;
  return timeout && timeout < NOTIFYD_LEISURE_MOST ? timeout + 1 : NOTIFYD_LEISURE_MOST ;
}

 /* A holder that is slow, not stuck, gets time to take something between two signals, with
    all that comes before that: the connection, and the list of what it has. Between two
    messages it gets all the time that it has at last: there are programs that send them
    without end. */

int notifyd_haste_end (struct notifyd *d, int isdone)
{
  unsigned int most = NOTIFYD_HASTE_MOST ;
  int which = over ;
  tick(0) ;
  due = 0 ;
  if (isdone || which < 0) return 0 ;
  if (which == NOTIFYD_MESSAGES) most = leisure(d) ;
  if (d->haste[which] < most) d->haste[which] *= 2 ;
  return 1 ;
}
