/* ISC license. */

 /* inspect.h: a process that is late while as many are stuck as may be is
    waited for, and lists again when it goes on. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libfdholderd/fdtable.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/inspect-internal.h"
#include "libfdholderd/store.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 20000, PATIENCE = 2000, ALSO = 0x5a } ;

static struct fdtable fds = FDTABLE_ZERO ;
static struct store store ;
static struct { struct inspect inspect ; char behind[64] ; } all ;

static void observe (void *data, enum store_change change, struct store_entry const *e)
{
  (void)data ;
  (void)change ;
  (void)e ;
}

static void wake (void *owner, tain const *now)
{
  (void)owner ;
  (void)now ;
}

 /* They never come out. */

static pid_t stuck_process (void)
{
  pid_t pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  while (!pid) pause() ;
  return pid ;
}

static void fill_store (int fd)
{
  tain never = tain_infinite ;
  if (!fdtable_adopt(&fds, fd)) tap_bail("fdtable_adopt") ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    char id[16] ;
    struct store_entry *e ;
    snprintf(id, sizeof(id), "%05u", i) ;
    if (i) fdtable_addref(&fds, fd) ;
    e = store_entry_new(fd, id, strlen(id), &never) ;
    if (!e || !store_put(&store, e)) tap_bail("store_put") ;
  }
}

 /* It can still be waited for. */

static int has_ended (pid_t pid)
{
  siginfo_t info = { .si_pid = 0 } ;
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1 || info.si_pid ;
}

 /* In the middle of its work, where it can be had. */

static int stop_on_its_way (struct inspect *i)
{
  while (!__atomic_load_n(&i->page->serial, __ATOMIC_SEQ_CST) && !has_ended(i->pid)) ;
  kill(i->pid, SIGSTOP) ;
  test_sleep(50) ;
  return __atomic_load_n(&i->page->serial, __ATOMIC_SEQ_CST) != 0 ;
}

static void later (struct inspect *i, tain *now)
{
  tain span ;
  tain_uint(&span, 1) ;
  tain_add(now, now, &span) ;
  inspect_turn(i, now) ;
}

int main (void)
{
  struct inspect *i = &all.inspect ;
  struct inspection *one ;
  struct inspected found ;
  tain now = TAIN_EPOCH ;
  pid_t pids[INSPECT_STUCK_MAX], pid ;
  unsigned int n = 0 ;
  int isintact = 1 ;
  store_init(&store, &fds, MANY, &observe, 0) ;
  fill_store(open("/dev/null", O_RDONLY)) ;
  memset(all.behind, ALSO, sizeof(all.behind)) ;
  inspect_init(i, &store, &wake) ;
  for (unsigned int k = 0 ; k < INSPECT_STUCK_MAX ; k++) i->stuck[k] = pids[k] = stuck_process() ;
  one = inspect_ask(i, 0) ;
  inspect_turn(i, &now) ;
  pid = i->pid ;
  if (pid && stop_on_its_way(i))
  {
    for (unsigned int k = 0 ; k < 4 ; k++) later(i, &now) ;
    for (unsigned int k = 0 ; k < sizeof(all.behind) ; k++) isintact &= all.behind[k] == ALSO ;
    tap_ok(isintact && !i->ishere, "nothing is written behind the places for those that are stuck") ;
    tap_int(i->pid, pid, "one process more is waited for") ;
    tap_ok(!inspection_isready(one), "who has asked waits") ;
    kill(pid, SIGCONT) ;
  }
  else tap_diag("it cannot be stopped on its way here") ;
  for (unsigned int k = 0 ; k < PATIENCE && !inspection_isready(one) ; k++)
  {
    inspect_reap(i) ;
    if (!inspection_isready(one)) test_sleep(10) ;
  }
  tap_ok(inspection_isready(one), "it goes on, and ends") ;
  if (inspection_isready(one))
  {
    tap_error(inspection_error(one), 0, "there is a list") ;
    while (inspection_next(i, one, &found)) n++ ;
    tap_int(n, MANY, "of all") ;
  }
  inspect_forget(one) ;
  for (unsigned int k = 0 ; k < INSPECT_STUCK_MAX ; k++) kill(pids[k], SIGKILL) ;
  for (unsigned int k = 0 ; k < PATIENCE && i->stuck[0] ; k++) inspect_reap(i), test_sleep(10) ;
  tap_int(i->stuck[0], 0, "who has come out gives its place back") ;
  store_free(&store) ;
  return tap_done() ;
}
