/* ISC license. */

 /* inspect.h: a process that is late while as many are stuck as may be is
    waited for, and lists again when it goes on; and what one was stuck at is
    looked into again when it has come out. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libfdholderd/inspect.h"
#include "libfdholderd/inspect-internal.h"
#include "libfdholderd/store.h"
#include "support/lonestore.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 20000, PATIENCE = 6000, ALSO = 0x5a } ;

static struct { struct inspect inspect ; char behind[64] ; } all ;

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
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    char id[16] ;
    snprintf(id, sizeof(id), "%05u", i) ;
    lonestore_hold(id, fd) ;
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

static void await (struct inspect *i, struct inspection const *one)
{
  for (unsigned int k = 0 ; k < PATIENCE && !inspection_isready(one) ; k++)
  {
    inspect_reap(i) ;
    if (!inspection_isready(one)) test_sleep(10) ;
  }
}

static void check_list (struct inspect const *i, struct inspection *one, char const *name)
{
  struct inspected found ;
  unsigned int n = 0 ;
  if (!tap_ok(inspection_isready(one), "%s: it goes on, and ends", name)) return ;
  tap_error(inspection_error(one), 0, "%s: there is a list", name) ;
  while (inspection_next(i, one, &found)) n++ ;
  tap_int(n, MANY, "%s: of all", name) ;
}

 /* Until the process of one place was waited for. */

static void reap_place (struct inspect *i, unsigned int n)
{
  for (unsigned int k = 0 ; k < PATIENCE && i->stuck[n].pid ; k++)
  {
    inspect_reap(i) ;
    if (i->stuck[n].pid) test_sleep(10) ;
  }
  tap_int(i->stuck[n].pid, 0, "who has come out gives its place back") ;
}

static void all_are_stuck (struct inspect *i, tain *now)
{
  struct inspection *one ;
  pid_t pid, pids[INSPECT_STUCK_MAX] ;
  int isintact = 1 ;
  for (unsigned int k = 0 ; k < INSPECT_STUCK_MAX ; k++) i->stuck[k].pid = pids[k] = stuck_process() ;
  one = inspect_ask(i, 0) ;
  inspect_turn(i, now) ;
  pid = i->pid ;
  if (pid && stop_on_its_way(i))
  {
    for (unsigned int k = 0 ; k < 4 ; k++) later(i, now) ;
    for (unsigned int k = 0 ; k < sizeof(all.behind) ; k++) isintact &= all.behind[k] == ALSO ;
    tap_ok(isintact && !i->ishere, "nothing is written behind the places for those that are stuck") ;
    tap_int(i->pid, pid, "one process more is waited for") ;
    tap_ok(!inspection_isready(one), "who has asked waits") ;
    kill(pid, SIGCONT) ;
  }
  else tap_diag("it cannot be stopped on its way here") ;
  await(i, one) ;
  check_list(i, one, "while all places are taken") ;
  inspect_forget(one) ;
  for (unsigned int k = 0 ; k < INSPECT_STUCK_MAX ; k++) kill(pids[k], SIGKILL) ;
  for (unsigned int k = 0 ; k < INSPECT_STUCK_MAX ; k++) reap_place(i, k) ;
}

static int is_opaque (struct store_entry const *e, void *data)
{
  if (e->isopaque) strcpy(data, e->id) ;
  return 1 ;
}

 /* The id of the last one that is; empty: none is. */

static char const *opaque (void)
{
  static char id[WIRE_ID_MAX + 1] ;
  id[0] = 0 ;
  store_iter(&lonestore, &is_opaque, id) ;
  return id ;
}

static void one_is_stuck (struct inspect *i, tain *now)
{
  struct inspection *one = inspect_ask(i, 0) ;
  pid_t pid ;
  inspect_turn(i, now) ;
  pid = i->pid ;
  if (pid && stop_on_its_way(i))
  {
    for (unsigned int k = 0 ; k < 4 && i->pid == pid ; k++) later(i, now) ;
    tap_int(i->stuck[0].pid, pid, "who does not go on is left alone") ;
    tap_string(opaque(), i->stuck[0].id, "where it is nobody looks") ;
    reap_place(i, 0) ;
    tap_string(opaque(), "", "until it has come out") ;
  }
  else tap_diag("it cannot be stopped on its way here") ;
  await(i, one) ;
  check_list(i, one, "behind one that is stuck") ;
  inspect_forget(one) ;
}

static pid_t be_stuck (struct inspect *i, unsigned int n, struct store_entry *e)
{
  i->stuck[n].pid = stuck_process() ;
  i->stuck[n].serial = e->serial ;
  strcpy(i->stuck[n].id, e->id) ;
  e->isopaque = 1 ;
  return i->stuck[n].pid ;
}

static void two_are_stuck (struct inspect *i)
{
  struct store_entry *e = store_get(&lonestore, "00007") ;
  pid_t pids[2] = { be_stuck(i, 0, e), be_stuck(i, 1, e) } ;
  kill(pids[0], SIGKILL) ;
  reap_place(i, 0) ;
  tap_string(opaque(), "00007", "another one is there still") ;
  e->serial++ ;
  kill(pids[1], SIGKILL) ;
  reap_place(i, 1) ;
  tap_string(opaque(), "00007", "an entry that has come in its place is not meant") ;
  e->serial-- ;
  e->isopaque = 0 ;
}

static void one_was_lent (struct inspect *i)
{
  struct store_entry *e = store_get(&lonestore, "00008") ;
  pid_t pid = be_stuck(i, 0, e) ;
  store_lend(&lonestore, e) ;
  kill(pid, SIGKILL) ;
  reap_place(i, 0) ;
  if (!store_restore(&lonestore, e)) tap_bail("store_restore") ;
  tap_string(opaque(), "", "nor is one for ever that was lent meanwhile") ;
}

int main (void)
{
  struct inspect *i = &all.inspect ;
  tain now = TAIN_EPOCH ;
  memset(all.behind, ALSO, sizeof(all.behind)) ;
  lonestore_begin(i, MANY) ;
  fill_store(open("/dev/null", O_RDONLY)) ;
  all_are_stuck(i, &now) ;
  one_is_stuck(i, &now) ;
  two_are_stuck(i) ;
  one_was_lent(i) ;
  lonestore_end() ;
  return tap_done() ;
}
