/* ISC license. */

 /* The process that closes. Linux only; elsewhere there is none. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "probed.h"
#include "libdaemon/closer-internal.h"
#include "libdaemon/sharing.h"

#ifdef S6_ACTIVATION_HAS_CLONE_FILES

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/time.h>

enum { HURRY_MICROSECONDS = 1000 } ;

 /* Before what does not return, AddressSanitizer looks for the end of the stack in a
    file of /proc. When the other helper closes that, it tries for ever. */

#if defined(__has_attribute)
#if __has_attribute(no_sanitize_address)
#define UNSANITIZED __attribute__((no_sanitize_address))
#endif
#endif
#ifndef UNSANITIZED
#define UNSANITIZED
#endif

 /* What a helper knows, from before it was made. */

static struct
{
  struct closer const *closer ;
  unsigned int number ;
  pid_t parent ;
} self ;

static int has_died (void)
{
  return getppid() != self.parent ;
}

 /* Who lingers is in another's queue, perhaps, where nobody can switch that
    off. But every signal ends its wait. */

static void on_alarm (int number)
{
  (void)number ;
}

static void ring_alarms (int isnow)
{
  struct itimerval every = { .it_interval = { .tv_usec = 0 } } ;
  if (isnow) every.it_interval.tv_usec = every.it_value.tv_usec = HURRY_MICROSECONDS ;
  setitimer(ITIMER_REAL, &every, 0) ;
}

 /* From the first socket on until there is nothing to do. */

static void hurry (int isnow)
{
  static int ishurried = 0 ;
  if (ishurried == isnow) return ;
  ishurried = isnow ;
  ring_alarms(isnow) ;
}

static void close_in_time (int fd)
{
  if (closer_disarm(fd)) hurry(1) ;
  close(fd) ;
}

static UNSANITIZED void finish (void)
{
  ring_alarms(1) ;
  closer_close_all(self.closer, self.number, has_died()) ;
  _exit(0) ;
}

static UNSANITIZED void on_signal (int number, siginfo_t *info, void *context)
{
  (void)number ;
  (void)context ;
  if (has_died() || info->si_pid == self.parent) finish() ;
}

static int is_active (void)
{
  return __atomic_load_n(&self.closer->shared->active, __ATOMIC_SEQ_CST) == self.number ;
}

static void serve (struct closer_shared *shared, struct closer_request const *request)
{
  __atomic_store_n(shared->taken + self.number, request->ticket, __ATOMIC_SEQ_CST) ;
  close_in_time(request->fd) ;
  __atomic_store_n(shared->own + self.closer->ownsize + request->ticket - 1, 1, __ATOMIC_SEQ_CST) ;
  __atomic_store_n(shared->taken + self.number, 0, __ATOMIC_SEQ_CST) ;
  __atomic_add_fetch(shared->closed + self.number, 1, __ATOMIC_SEQ_CST) ;
  if (__atomic_load_n(&shared->isawaited, __ATOMIC_SEQ_CST))
    while (write(self.closer->report[1], "", 1) == -1 && errno == EINTR) ;
}

 /* To be woken costs more than a close, so what comes in soon after the last
    one is awaited here, for a moment. */

static void nap (struct closer_shared *shared)
{
  hurry(0) ;
  closer_nap(shared) ;
}

 /* One that was stuck, and replaced, ends: what it would take is another's. */

static void work (void)
{
  struct closer_shared *shared = self.closer->shared ;
  int hasnapped = 0 ;
  while (is_active())
  {
    struct closer_request request ;
    if (closer_take(shared, &request))
    {
      serve(shared, &request) ;
      hasnapped = 0 ;
    }
    else if (!hasnapped)
    {
      nap(shared) ;
      hasnapped = 1 ;
    }
    else closer_sleep(shared) ;
  }
}

 /* Its own session: a signal to the group of the daemon is not for it. */

static UNSANITIZED int run (void *data)
{
  struct sigaction action = { .sa_sigaction = &on_signal, .sa_flags = SA_SIGINFO } ;
  struct sigaction alarm = { .sa_handler = &on_alarm } ;
  sigset_t set ;
  (void)data ;
  sigaction(SIGALRM, &alarm, 0) ;
  sigfillset(&action.sa_mask) ;
  sigdelset(&action.sa_mask, SIGALRM) ;
  sigaction(CLOSER_SIGNAL, &action, 0) ;
  prctl(PR_SET_PDEATHSIG, CLOSER_SIGNAL, 0, 0, 0) ;
  sigemptyset(&set) ;
  sigaddset(&set, SIGALRM) ;
  sigprocmask(SIG_UNBLOCK, &set, 0) ;
  prctl(PR_SET_NAME, "closer", 0, 0, 0) ;
  setsid() ;
  if (chdir("/") == -1) { /* then the working directory stays in use */ }
  if (has_died()) finish() ;
  sigaddset(&set, CLOSER_SIGNAL) ;
  sigprocmask(SIG_UNBLOCK, &set, 0) ;
  if (self.number) work() ;
  else for (;;) pause() ;
  _exit(1) ;
}

pid_t closer_helper_start (struct closer const *c, unsigned int number)
{
  self.closer = c ;
  self.number = number ;
  self.parent = getpid() ;
  return sharing_clone(&run) ;
}

#else

pid_t closer_helper_start (struct closer const *c, unsigned int number)
{
  (void)c ;
  (void)number ;
  return (errno = ENOSYS, 0) ;
}

#endif
