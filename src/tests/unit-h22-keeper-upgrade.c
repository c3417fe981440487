/* ISC license. */

/* H22, while keeper and worker execute themselves: one system call or allocation
   after the other fails in either of them, old image, trial or new one. Whatever
   comes of that, what was acknowledged is there, in the worker and in the one that
   the keeper starts when that is killed; and the next time both succeed. */

#include <skalibs/nonposix.h>

#include <signal.h>

#include "support/faultykeeper.h"
#include "support/keeping.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/upgrading.h"

enum { OUTCOME_MS = 1500, LAST_MS = 100 } ;

static struct faultykeeper keeper ;

static unsigned int outcomes (void)
{
  return upgrading_count(UPGRADING_DONE) + upgrading_count(UPGRADING_REFUSED) + upgrading_count(UPGRADING_FAILED) ;
}

 /* Two are the most that there is to hear; the keeper's may be the only one, and a line
    that tells may be what fails. */

static void upgrade (struct faultykeeper *k)
{
  unsigned int n = outcomes(), now ;
  double begun = test_seconds(), heard = 0 ;
  kill(k->pid, SIGUSR1) ;
  while ((now = outcomes()) < n + 2 && test_since(begun) < OUTCOME_MS)
  {
    if (now > n && !heard) heard = test_seconds() ;
    if (heard && test_since(heard) > LAST_MS) break ;
    test_sleep(1) ;
  }
}

 /* The last one may be under way still. */

static void succeeds (enum fault_function function)
{
  unsigned int done = 0 ;
  for (unsigned int i = 0 ; i < 3 && done < 2 ; i++)
  {
    done = upgrading_count(UPGRADING_DONE) ;
    upgrade(&keeper) ;
    done = upgrading_count(UPGRADING_DONE) - done ;
  }
  tap_least(done, 2, "%s: then both succeed", fault_names[function]) ;
}

int main (void)
{
  static enum fault_function const functions[] =
  {
    FAULT_MALLOC, FAULT_REALLOC, FAULT_CALLOC, FAULT_OPEN, FAULT_READ, FAULT_PIPE2, FAULT_FCNTL, FAULT_MMAP, FAULT_WRITE,
    FAULT_GETSOCKOPT, FAULT_SIGNALFD, FAULT_SETRLIMIT, FAULT_POLL, FAULT_MEMFD_CREATE, FAULT_EXECV, FAULT_FORK, FAULT_CLONE,
    FAULT_SEND, FAULT_RECV, FAULT_SENDMSG, FAULT_RECVMSG, FAULT_SOCKETPAIR, FAULT_EPOLL_CTL, FAULT_EPOLL_WAIT, FAULT_PIDFD
  } ;
  static struct faultykeeper_trial const trial = { "both execute themselves", FAULTYKEEPER_ANY, 1, &upgrade } ;
  faultykeeper_begin(&keeper) ;
  for (unsigned int i = 0 ; i < sizeof(functions) / sizeof(*functions) ; i++)
  {
    faultykeeper_until_none(&keeper, &trial, functions[i]) ;
    succeeds(functions[i]) ;
  }
  faultykeeper_end(&keeper) ;
  return tap_done() ;
}
