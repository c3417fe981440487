/* ISC license. */

 /* Processes that have some of our descriptors, and never had the others. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "probed.h"
#include "libdaemon/closer-internal.h"
#include "libdaemon/sharing.h"

#ifdef S6_ACTIVATION_HAS_CLONE_FILES
#include <sys/syscall.h>
#endif

#if defined(S6_ACTIVATION_HAS_CLONE_FILES) && defined(SYS_close_range)

enum { UNSHARE = 2 } ;  /* CLOSE_RANGE_UNSHARE, where headers do not know it */

 /* No number is as high. */

int closer_canleave_table (void)
{
  return syscall(SYS_close_range, ~0U, ~0U, 0) == 0 ? 1 : (errno = ENOSYS, 0) ;
}

 /* This does not even copy the others, so that their file systems are not asked. */

int closer_leave_table (unsigned int first)
{
  return syscall(SYS_close_range, first, ~0U, UNSHARE) == 0 ;
}

static struct
{
  unsigned int first ;
  int (*f) (void *) ;
  void *data ;
} self ;

static int run (void *data)
{
  (void)data ;
  if (!closer_leave_table(self.first)) _exit(1) ;
  return (*self.f)(self.data) ;
}

static pid_t begin (unsigned int first, int (*f) (void *), void *data)
{
  self.first = first ;
  self.f = f ;
  self.data = data ;
  return closer_canleave_table() ? sharing_clone(&run) : 0 ;
}

#else

int closer_canleave_table (void)
{
  return (errno = ENOSYS, 0) ;
}

static pid_t begin (unsigned int first, int (*f) (void *), void *data)
{
  (void)first ;
  (void)f ;
  (void)data ;
  return (errno = ENOSYS, 0) ;
}

#endif

static pid_t begin_with_all (int (*f) (void *), void *data)
{
  sigset_t all, before ;
  pid_t pid ;
  sigfillset(&all) ;
  sigprocmask(SIG_SETMASK, &all, &before) ;
  pid = fork() ;
  if (!pid) _exit((*f)(data)) ;
  sigprocmask(SIG_SETMASK, &before, 0) ;
  return pid == -1 ? 0 : pid ;
}

pid_t closer_apart (unsigned int first, int (*f) (void *), void *data)
{
  pid_t pid = begin(first, f, data) ;
  return pid || errno != ENOSYS ? pid : begin_with_all(f, data) ;
}
