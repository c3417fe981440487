/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>

#include "probed.h"
#include "libdaemon/sharing.h"

#ifdef S6_ACTIVATION_HAS_CLONE_FILES

#include <sched.h>

 /* valgrind ends a program that calls clone(2) in this way */
#ifdef __has_include
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

enum { STACK_SIZE = 65536 } ;

 /* It uses this stack in its own copy of our memory. */

pid_t sharing_clone (int (*function) (void *))
{
  static union { long double align ; char s[STACK_SIZE] ; } stack ;
  sigset_t all, before ;
  pid_t pid ;
  int e ;
  if (RUNNING_ON_VALGRIND) return (errno = ENOSYS, 0) ;
  sigfillset(&all) ;
  sigprocmask(SIG_SETMASK, &all, &before) ;
  pid = clone(function, stack.s + STACK_SIZE, CLONE_FILES | SIGCHLD, 0) ;
  e = errno ;
  sigprocmask(SIG_SETMASK, &before, 0) ;
  errno = e ;
  return pid == -1 ? 0 : pid ;
}

#else

pid_t sharing_clone (int (*function) (void *))
{
  (void)function ;
  return (errno = ENOSYS, 0) ;
}

#endif
