/* ISC license. */

 /* closer-internal.h: who sleeps until there is a request is awoken, whoever
    else sleeps. A helper that was replaced in the moment in which it came out
    of its close does, and ends when it is awoken. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "libdaemon/closer-internal.h"
#include "probed.h"
#include "support/tap.h"
#include "support/testdaemon.h"

#ifdef S6_ACTIVATION_HAS_CLONE_FILES

enum { REQUESTS = 3, PATIENCE_MS = 2000 } ;

static struct closer_shared *shared ;
static int taken[2] ;

 /* One that is at work: each request that it takes is a byte. */

static void work (void)
{
  struct closer_request request ;
  for (unsigned int n = 0 ; n < REQUESTS ; n++)
  {
    while (!closer_take(shared, &request)) closer_sleep(shared) ;
    if (write(taken[1], "", 1) != 1) _exit(1) ;
  }
}

 /* One that was replaced. */

static void be_replaced (void)
{
  closer_sleep(shared) ;
}

static pid_t start (void (*what) (void))
{
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (pid) return pid ;
  prctl(PR_SET_PDEATHSIG, SIGKILL) ;
  (*what)() ;
  _exit(0) ;
}

static void await_asleep (uint32_t n)
{
  for (unsigned int i = 0 ; i < 1000 && __atomic_load_n(&shared->asleep, __ATOMIC_SEQ_CST) != n ; i++) test_sleep(1) ;
  test_sleep(10) ;  /* to say so is not to sleep yet */
}

static int istaken (void)
{
  struct closer_request const request = { .fd = -1, .ticket = 1 } ;
  struct pollfd x = { .fd = taken[0], .events = POLLIN } ;
  char c ;
  if (!closer_put(shared, &request, 1)) tap_bail("closer_put") ;
  closer_rouse(shared) ;
  return poll(&x, 1, PATIENCE_MS * (int)test_patience()) == 1 && read(taken[0], &c, 1) == 1 ;
}

int main (void)
{
  pid_t replaced, worker ;
  int status ;
  shared = mmap(0, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ;
  if (shared == MAP_FAILED || pipe(taken) == -1) tap_bail("begin") ;
  replaced = start(&be_replaced) ;
  await_asleep(1) ;
  worker = start(&work) ;
  await_asleep(2) ;
  tap_ok(istaken(), "who came to sleep last takes the request") ;
  tap_ok(waitpid(replaced, &status, 0) == replaced && !status, "who slept before has been awoken, too") ;
  for (unsigned int i = 1 ; i < REQUESTS ; i++)
  {
    await_asleep(1) ;
    tap_ok(istaken(), "when the other has gone, it is awoken again") ;
  }
  tap_ok(waitpid(worker, &status, 0) == worker && !status, "that was all") ;
  return tap_done() ;
}

#else

int main (void)
{
  tap_skip_all("no process can close for another here") ;
}

#endif
