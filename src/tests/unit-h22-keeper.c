/* ISC license. */

/* H22, of worker and keeper: one system call or allocation after the other fails,
   in the keeper while it is told of changes, in a worker while another keeper
   adopts it, in either while another worker is started. Whatever comes of that, what
   was acknowledged is there, what was deleted is not, and in the end all goes on. */

#include <skalibs/nonposix.h>

#include <limits.h>
#include <signal.h>

#include "support/faultykeeper.h"
#include "support/keeping.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { OUTCOME_MS = 300, FEW = 4 } ;

static struct faultykeeper keeper ;

static void tell (struct faultykeeper *k)
{
  (void)k ;
  faultykeeper_operate() ;
}

 /* Who is not ready may have ended for what has failed. */

static void adopt (struct faultykeeper *k)
{
  faultykeeper_kill(k) ;
  faultykeeper_start(k) ;
  faultykeeper_operate() ;
}

static void begin_another (struct faultykeeper *k)
{
  pid_t old = keeping_worker() ;
  double begun = test_seconds() ;
  (void)k ;
  kill(old, SIGKILL) ;
  while ((keeping_worker() == old || !keeping_worker()) && test_since(begun) < OUTCOME_MS) test_sleep(1) ;
  test_sleep(20) ;
}

 /* What a dead worker has left cannot be read for want of memory, and in that moment
    it cannot be asked whether he is dead. */

static void shortage_and_death (void)
{
  struct faults *f = keeper.faults ;
  double begun = test_seconds() ;
  kill(keeper.pid, SIGSTOP) ;
  faultykeeper_operate() ;
  faults_aim(f, keeper.pid) ;
  faults_arm(f, FAULT_MALLOC, 1, UINT_MAX, 0) ;
  kill(keeping_worker(), SIGKILL) ;
  kill(keeper.pid, SIGCONT) ;
  while (*(unsigned int volatile *)&f->failed < FEW && test_since(begun) < OUTCOME_MS) test_sleep(1) ;
  tap_least(f->failed, FEW, "there is no memory") ;
  faults_arm(f, FAULT_POLL, 1, 1, 0) ;
  test_sleep(OUTCOME_MS) ;
  faults_disarm(f) ;
  tap_string(faultykeeper_look(&keeper, 1), 0, "then all is there, and another worker") ;
}

static void try_all (struct faultykeeper_trial const *t, enum fault_function const *functions, unsigned int n)
{
  for (unsigned int i = 0 ; i < n ; i++) faultykeeper_until_none(&keeper, t, functions[i]) ;
}

#define count(a) (sizeof(a) / sizeof(*(a)))

int main (void)
{
  static enum fault_function const telling[] =
  {
    FAULT_MALLOC, FAULT_REALLOC, FAULT_CALLOC, FAULT_RECVMSG, FAULT_READ, FAULT_FCNTL, FAULT_GETSOCKOPT, FAULT_POLL,
    FAULT_EPOLL_CTL, FAULT_EPOLL_WAIT, FAULT_SEND, FAULT_CLOCK_GETTIME
  } ;
  static enum fault_function const adopting[] =
  {
    FAULT_MALLOC, FAULT_REALLOC, FAULT_CALLOC, FAULT_SENDMSG, FAULT_RECVMSG, FAULT_ACCEPT4, FAULT_FCNTL, FAULT_GETSOCKOPT, FAULT_POLL,
    FAULT_PIPE2, FAULT_EPOLL_CTL, FAULT_EPOLL_WAIT, FAULT_RECV, FAULT_PIDFD
  } ;
  static enum fault_function const beginning[] =
  {
    FAULT_MALLOC, FAULT_REALLOC, FAULT_CALLOC, FAULT_OPEN, FAULT_READ, FAULT_WRITE, FAULT_PIPE2, FAULT_FCNTL, FAULT_MMAP, FAULT_GETSOCKOPT,
    FAULT_SIGNALFD, FAULT_SETRLIMIT, FAULT_MEMFD_CREATE, FAULT_EXECV, FAULT_SOCKETPAIR, FAULT_FORK, FAULT_CLONE, FAULT_EPOLL_CTL,
    FAULT_EPOLL_WAIT, FAULT_PIDFD, FAULT_RECVMSG, FAULT_SENDMSG
  } ;
  static struct faultykeeper_trial const trials[] =
  {
    { "told", FAULTYKEEPER_KEEPER, 1, &tell },
    { "adopted", FAULTYKEEPER_WORKER, 1, &adopt },
    { "another worker", FAULTYKEEPER_ANY, 0, &begin_another }
  } ;
  faultykeeper_begin(&keeper) ;
  shortage_and_death() ;
  try_all(trials, telling, count(telling)) ;
  try_all(trials + 1, adopting, count(adopting)) ;
  try_all(trials + 2, beginning, count(beginning)) ;
  faultykeeper_end(&keeper) ;
  return tap_done() ;
}
