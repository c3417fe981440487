/* ISC license. */

#include <errno.h>
#include <signal.h>
#include <sys/select.h>

#include "internal.h"

static struct { int sig ; unsigned int bit ; } const watched[] =
{
  { .sig = SIGCHLD, .bit = SIGNALBIT_CHLD },
  { .sig = SIGTERM, .bit = SIGNALBIT_TERM },
  { .sig = SIGHUP, .bit = SIGNALBIT_HUP },
  { .sig = SIGQUIT, .bit = SIGNALBIT_QUIT },
  { .sig = SIGABRT, .bit = SIGNALBIT_ABRT }
} ;

enum { WATCHED = sizeof(watched) / sizeof(watched[0]) } ;

 /* Written with all signals blocked: by the handler, whose mask is full, and by signals_take. */

static unsigned int volatile received = 0 ;

static void on_signal (int sig)
{
  for (unsigned int i = 0 ; i < WATCHED ; i++)
    if (watched[i].sig == sig) received |= watched[i].bit ;
}

int signals_init (void)
{
  struct sigaction action = { .sa_handler = &on_signal } ;
  struct sigaction ignored = { .sa_handler = SIG_IGN } ;
  sigset_t set ;
  sigemptyset(&set) ;
  sigfillset(&action.sa_mask) ;
  for (unsigned int i = 0 ; i < WATCHED ; i++)
  {
    sigaddset(&set, watched[i].sig) ;
    if (sigaction(watched[i].sig, &action, 0) == -1) return 0 ;
  }
  return sigaction(SIGPIPE, &ignored, 0) == 0 && sigprocmask(SIG_SETMASK, &set, 0) == 0 ;
}

unsigned int signals_take (void)
{
  unsigned int bits = received ;
  received = 0 ;
  return bits ;
}

int signals_wait (int listening, int64_t ms)
{
  struct timespec limit = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 } ;
  sigset_t none ;
  fd_set readable ;
  sigemptyset(&none) ;
  FD_ZERO(&readable) ;
  if (listening) FD_SET(0, &readable) ;
  return pselect(1, &readable, 0, 0, ms < 0 ? 0 : &limit, &none) == 1 ;
}
