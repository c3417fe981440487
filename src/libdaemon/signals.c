/* ISC license. */

#include <skalibs/nonposix.h>

#include "probed.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>
#ifdef S6_ACTIVATION_HAS_SIGNALFD
#include <sys/signalfd.h>
#endif

#include <skalibs/djbunix.h>

#include "libdaemon/signals.h"

 /* An execution puts what has a handler back to its default. */

static void lose (int sig)
{
  (void)sig ;
}

 /* What cannot be written, to a pipe or behind a limit of files, is an error. */

static int block (sigset_t *set, int const *signals, unsigned int n)
{
  struct sigaction const losing = { .sa_handler = &lose, .sa_flags = SA_RESTART } ;
  sigemptyset(set) ;
  for (unsigned int i = 0 ; i < n ; i++) sigaddset(set, signals[i]) ;
  return sigaction(SIGPIPE, &losing, 0) == 0
    && sigaction(SIGXFSZ, &losing, 0) == 0
    && sigprocmask(SIG_SETMASK, set, 0) == 0 ;
}

 /* Those of the signals that were ignored when we began. */
static sigset_t ignored ;
static int ignoredlen = 0 ;

static void note_ignored (int sig, struct sigaction const *old)
{
  if (old->sa_handler != SIG_IGN) return ;
  if (!ignoredlen++) sigemptyset(&ignored) ;
  sigaddset(&ignored, sig) ;
}

static void release (void)
{
  struct sigaction const ignore = { .sa_handler = SIG_IGN } ;
  sigset_t none ;
  for (int sig = 1 ; ignoredlen && sig < NSIG ; sig++)
    if (sigismember(&ignored, sig) == 1) sigaction(sig, &ignore, 0) ;
  sigemptyset(&none) ;
  sigprocmask(SIG_SETMASK, &none, 0) ;
}

void signals_leave (int const *signals, unsigned int n)
{
  struct sigaction const losing = { .sa_handler = &lose, .sa_flags = SA_RESTART } ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    struct sigaction old ;
    if (sigaction(signals[i], &losing, &old) == 0) note_ignored(signals[i], &old) ;
  }
  release() ;
}

#ifdef S6_ACTIVATION_HAS_SIGNALFD

enum { SIGNALS_AT_ONCE = 8 } ;

 /* A signal that is ignored is thrown away before it can be read, or so it may be: Linux
    keeps one that is blocked, and only ends children of who ignores SIGCHLD by itself. */

static int let_come (int sig)
{
#ifdef __linux__
  if (sig != SIGCHLD) return 1 ;
#endif
  struct sigaction const plain = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP } ;
  struct sigaction old ;
  if (sigaction(sig, &plain, &old) == -1) return 0 ;
  note_ignored(sig, &old) ;
  return 1 ;
}

int signals_init (int const *signals, unsigned int n)
{
  sigset_t set ;
  if (!block(&set, signals, n)) return -1 ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (!let_come(signals[i])) return -1 ;
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC) ;
}

int signals_take (int fd, signals_func *f, void *data)
{
  struct signalfd_siginfo x[SIGNALS_AT_ONCE] ;
  size_t n ;
  do
  {
    ssize_t r = read(fd, x, sizeof(x)) ;
    if (r < 0) return errno == EAGAIN || errno == EINTR ;
    n = (size_t)r / sizeof(x[0]) ;
    for (size_t i = 0 ; i < n ; i++) (*f)(data, x[i].ssi_signo, x[i].ssi_pid) ;
  }
  while (n == SIGNALS_AT_ONCE) ;
  return 1 ;
}

void signals_hold (void)
{
}

void signals_unhold (void)
{
}

void signals_release (void)
{
  release() ;
}

#else

 /* Read and written with all signals blocked: by the handler, whose mask is full, and by take(). */

static sigset_t watched ;
static sigset_t received ;
static pid_t volatile child = 0 ;
static int writing ;

static void on_signal (int sig, siginfo_t *info, void *context)
{
  int e = errno ;
  (void)context ;
  if (sig == SIGCHLD) child = info->si_pid ;
  sigaddset(&received, sig) ;
  (void)!write(writing, "", 1) ;  /* full: it is readable all the same */
  errno = e ;
}

int signals_init (int const *signals, unsigned int n)
{
  struct sigaction action = { .sa_sigaction = &on_signal, .sa_flags = SA_SIGINFO | SA_NOCLDSTOP | SA_RESTART } ;
  int p[2] ;
  sigset_t none ;
  if (!block(&watched, signals, n) || pipenbcoe(p) == -1) return -1 ;
  writing = p[1] ;
  sigfillset(&action.sa_mask) ;
  sigemptyset(&received) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    struct sigaction old ;
    if (sigaction(signals[i], &action, &old) == -1) return -1 ;
    note_ignored(signals[i], &old) ;
  }
  sigemptyset(&none) ;
  return sigprocmask(SIG_SETMASK, &none, 0) == 0 ? p[0] : -1 ;
}

int signals_take (int fd, signals_func *f, void *data)
{
  char bytes[64] ;
  sigset_t come, old ;
  pid_t pid ;
  while (read(fd, bytes, sizeof(bytes)) > 0) ;
  sigprocmask(SIG_BLOCK, &watched, &old) ;
  come = received ;
  pid = child ;
  sigemptyset(&received) ;
  sigprocmask(SIG_SETMASK, &old, 0) ;
  for (int sig = 1 ; sig < NSIG ; sig++)
    if (sigismember(&watched, sig) == 1 && sigismember(&come, sig) == 1) (*f)(data, sig, sig == SIGCHLD ? pid : 0) ;
  return 1 ;
}

 /* The handler would write to the parent's memory. */

void signals_hold (void)
{
  sigprocmask(SIG_BLOCK, &watched, 0) ;
}

void signals_unhold (void)
{
  sigset_t none ;
  sigemptyset(&none) ;
  sigprocmask(SIG_SETMASK, &none, 0) ;
}

void signals_release (void)
{
  struct sigaction const plain = { .sa_handler = SIG_DFL } ;
  for (int sig = 1 ; sig < NSIG ; sig++)
    if (sigismember(&watched, sig) == 1) sigaction(sig, &plain, 0) ;
  release() ;
}

#endif
