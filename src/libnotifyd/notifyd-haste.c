/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#include <skalibs/tai.h>

#include "libnotifyd/notifyd-internal.h"

 /* The library waits for the holder, and for nothing else. So a timer ticks meanwhile: when
    there are signals to be read, the deadline is over, which the library looks at again
    after each interruption. What is asked can be asked twice. */

static tain *volatile due = 0 ;  /* of what is asked now */
static int volatile waiting = -1 ;  /* readable when there are signals */
static sig_atomic_t volatile isover = 0 ;

 /* Half a store of it is in the past, too. */

static void on_tick (int sig)
{
  int e = errno ;
  struct pollfd x = { .fd = waiting, .events = POLLIN } ;
  tain *deadline = due ;
  (void)sig ;
  if (deadline && poll(&x, 1, 0) > 0)
  {
    deadline->sec.x = 0 ;
    isover = 1 ;
  }
  errno = e ;
}

void notifyd_haste_init (void)
{
  struct sigaction const action = { .sa_handler = &on_tick, .sa_flags = SA_RESTART } ;
  sigaction(SIGALRM, &action, 0) ;
}

static void tick (unsigned int first, unsigned int ms)
{
  struct itimerval const t =
  {
    .it_value = { .tv_sec = first / 1000, .tv_usec = first % 1000 * 1000 },
    .it_interval = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 }
  } ;
  setitimer(ITIMER_REAL, &t, 0) ;
}

void notifyd_haste_begin (struct notifyd *d)
{
  waiting = d->signals.fd ;
  isover = 0 ;
  due = &d->due ;
  tick(d->haste, NOTIFYD_HASTE_MS) ;
}

 /* A holder that is slow, not stuck, gets time to take something between two signals, with
    all that comes before that: the connection, and the list of what it has. */

int notifyd_haste_end (struct notifyd *d, int isdone)
{
  tick(0, 0) ;
  due = 0 ;
  if (isdone || !isover) return 0 ;
  if (d->haste < NOTIFYD_HASTE_MOST) d->haste *= 2 ;
  return 1 ;
}
