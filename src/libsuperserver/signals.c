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
static pid_t volatile child = 0 ;

static void on_signal (int sig, siginfo_t *info, void *context)
{
  (void)context ;
  if (sig == SIGCHLD) child = info->si_pid ;
  for (unsigned int i = 0 ; i < WATCHED ; i++)
    if (watched[i].sig == sig) received |= watched[i].bit ;
}

static sigset_t watched_set ;

int signals_init (void)
{
  struct sigaction action = { .sa_sigaction = &on_signal, .sa_flags = SA_SIGINFO | SA_NOCLDSTOP } ;
  struct sigaction ignored = { .sa_handler = SIG_IGN } ;
  sigemptyset(&watched_set) ;
  sigfillset(&action.sa_mask) ;
  for (unsigned int i = 0 ; i < WATCHED ; i++)
  {
    sigaddset(&watched_set, watched[i].sig) ;
    if (sigaction(watched[i].sig, &action, 0) == -1) return 0 ;
  }
  return sigaction(SIGPIPE, &ignored, 0) == 0 && sigprocmask(SIG_SETMASK, &watched_set, 0) == 0 ;
}

unsigned int signals_take (void)
{
  unsigned int bits = received ;
  received = 0 ;
  return bits ;
}

pid_t signals_child (void)
{
  return child ;
}

 /*
   pselect that finds a descriptor ready does not look at the signals that
   came before: with clients that never pause, none would ever be obeyed,
   and children that have ended would still count.
 */

static void catch_pending (void)
{
  sigset_t pending ;
  sigset_t none ;
  unsigned int i = 0 ;
  if (sigpending(&pending) == -1) return ;
  while (i < WATCHED && !sigismember(&pending, watched[i].sig)) i++ ;
  if (i == WATCHED) return ;
  sigemptyset(&none) ;
  sigprocmask(SIG_SETMASK, &none, 0) ;
  sigprocmask(SIG_SETMASK, &watched_set, 0) ;
}

int signals_wait (int listening, int64_t ms)
{
  struct timespec limit = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 } ;
  sigset_t none ;
  fd_set readable ;
  sigemptyset(&none) ;
  FD_ZERO(&readable) ;
  if (listening) FD_SET(0, &readable) ;
  if (pselect(1, &readable, 0, 0, ms < 0 ? 0 : &limit, &none) != 1) return 0 ;
  catch_pending() ;
  return 1 ;
}
