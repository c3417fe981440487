/* ISC license. */

/* H43, of worker and keeper: descriptors whose close never returns, of a pipe whose
   lock is held, of a socket with a lingering one in its queue, of a FUSE file system.
   When they are deleted or replaced both go on at once, and the keeper is told of
   other changes; so it is when a worker is killed, a keeper is, or both execute
   themselves, though such descriptors are held, or wait for their close. */

#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/lockedpipe.h"
#include "support/rawclient.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"
#include "support/upgrading.h"

enum { STUCK = 4, HELD = 2, PARTS = STUCK + HELD, AT_ONCE_MS = 400, SLOW_MS = 20, SOON_MS = 1000, UPGRADE_MS = 3000, PATIENCE_MS = 20000 } ;

static pid_t keeper ;
static int good ;

struct kind
{
  char const *name ;
  int (*make) (void) ;
  int isours ;  /* whoever has a descriptor waits when he closes it */
} ;

static int readers[PARTS], ends[PARTS] ;
static unsigned int made ;

static int locked (void)
{
  return readers[made++] ;
}

static int parcel (void)
{
  return stuckfile_parcel(ends + made++) ;
}

static void is_good (int fd, struct stat const *st, void *data)
{
  struct stat ours ;
  (void)fd ;
  if (!fstat(good, &ours) && ours.st_dev == st->st_dev && ours.st_ino == st->st_ino) *(int *)data = 1 ;
}

static int keeper_has_it (void)
{
  struct testdaemon k = { .pid = keeper } ;
  int r = 0 ;
  testdaemon_each_fd(&k, &is_good, &r) ;
  return r ;
}

 /* 0: nobody answers, or the keeper has not heard of it. A new file each time: it may
    still be about to close the last one. */

static int go_on (void)
{
  struct rawclient c ;
  double begun = test_seconds() ;
  int r, has = 0 ;
  if (!raw_connect(&c, "s", (uid_t)-1, FRAME_NATIVE)) return 0 ;
  good = testfile() ;
  r = !raw_store(&c, "good", 0, good) ;
  while (r && !(has = keeper_has_it()) && test_since(begun) < PATIENCE_MS) test_sleep(1) ;
  close(good) ;
  r = r && !raw_delete(&c, "good") && has ;
  raw_close(&c) ;
  return r ;
}

static void goes_on (unsigned int ms, char const *kind, char const *what)
{
  double begun = test_seconds() ;
  while (!go_on() && test_since(begun) < PATIENCE_MS) test_sleep(1) ;
  tap_ok(go_on(), "%s: %s: both go on", kind, what) ;
  timing_most(test_seconds() - begun, (long)ms, "%s: %s: soon", kind, what) ;
}

static int give (struct rawclient *c, int fd, char const *id)
{
  return raw_replace(c, id, 0, fd) ;
}

 /* By a process that stays, for its end would wait; so would ours to execute anything,
    if we had the descriptor. */

static int give_from_elsewhere (struct kind const *k, char const *id)
{
  int p[2] ;
  char answer = 1 ;
  pid_t pid ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  fflush(stdout) ;
  pid = fork() ;
  if (pid == -1) tap_bail("fork") ;
  if (!pid)
  {
    struct rawclient c ;
    prctl(PR_SET_PDEATHSIG, SIGKILL) ;
    raw_must_connect(&c, "s", FRAME_NATIVE) ;
    answer = (char)give(&c, (*k->make)(), id) ;
    if (write(p[1], &answer, 1) != 1) _exit(1) ;
    for (;;) pause() ;
  }
  close(p[1]) ;
  if (read(p[0], &answer, 1) != 1) answer = 1 ;
  close(p[0]) ;
  return answer ;
}

static void put (struct rawclient *c, struct kind const *k, char const *id)
{
  int fd, e ;
  if (k->isours) e = give_from_elsewhere(k, id) ;
  else
  {
    fd = (*k->make)() ;
    e = give(c, fd, id) ;
    close(fd) ;
  }
  if (e) tap_bail(id) ;
}

 /* isslow: the keeper is the last one to close it. */

static int delete_it (struct rawclient *c, int isslow)
{
  int r ;
  if (isslow) kill(keeper, SIGSTOP) ;
  r = !raw_delete(c, "stuck") ;
  if (!isslow) return r ;
  test_sleep(SLOW_MS) ;
  kill(keeper, SIGCONT) ;
  return r ;
}

 /* Every other one is replaced before. Each time something else is done at once. */

static void delete_them (struct kind const *k)
{
  double worst = 0 ;
  struct rawclient c ;
  unsigned int failed = 0 ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < STUCK ; i++)
  {
    double begun ;
    put(&c, k, "stuck") ;
    if (i % 2 == 0) continue ;
    begun = test_seconds() ;
    failed += !delete_it(&c, i == 1) ;
    failed += !go_on() ;
    begun = test_seconds() - begun ;
    if (begun > worst) worst = begun ;
  }
  tap_int(failed, 0, "%s: replaced and deleted: both go on", k->name) ;
  timing_most(worst, AT_ONCE_MS, "%s: replaced and deleted: at once", k->name) ;
  for (unsigned int i = 0 ; i < HELD ; i++) put(&c, k, i ? "held too" : "held") ;
  raw_close(&c) ;
}

static void kill_worker (char const *name, char const *what)
{
  keeping_kill_worker() ;
  goes_on(SOON_MS, name, what) ;
}

static void kill_keeper (char const *name)
{
  kill(keeper, SIGKILL) ;
  waitpid(keeper, 0, 0) ;
  keeper = keeping_try_start("2") ;
  if (!keeper) tap_bail("no keeper") ;
  goes_on(SOON_MS, name, "another keeper") ;
}

static void upgrade (char const *name)
{
  unsigned int n = upgrading_count(UPGRADING_DONE) ;
  double begun = test_seconds() ;
  kill(keeper, SIGUSR1) ;
  tap_ok(upgrading_await(UPGRADING_DONE, n + 2), "%s: both execute themselves", name) ;
  timing_most(test_seconds() - begun, UPGRADE_MS, "%s: soon", name) ;
  goes_on(SOON_MS, name, "executed") ;
}

static void end (char const *name)
{
  double begun = test_seconds() ;
  int status ;
  kill(keeper, SIGTERM) ;
  tap_int(waitpid(keeper, &status, 0) == keeper && !status, 1, "%s: SIGTERM ends both", name) ;
  tap_int(keeping_worker(), 0, "%s: the worker, too", name) ;
  timing_most(test_seconds() - begun, 2 * SOON_MS, "%s: soon", name) ;
}

static void check (struct kind const *k)
{
  struct rawclient c ;
  made = 0 ;
  keeper = keeping_try_start("2") ;
  if (!keeper) tap_bail("no keeper") ;
  goes_on(SOON_MS, k->name, "before") ;
  delete_them(k) ;
  kill_worker(k->name, "another worker") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  tap_int(raw_holds(&c, "held"), 1, "%s: it holds what was held", k->name) ;
  tap_error(raw_delete(&c, "held"), 0, "%s: and deletes it", k->name) ;
  tap_int(raw_holds(&c, "stuck"), 0, "%s: what was deleted is not back", k->name) ;
  raw_close(&c) ;
  upgrade(k->name) ;
  kill_keeper(k->name) ;
  kill_worker(k->name, "and one more") ;
  end(k->name) ;
}

int main (void)
{
  static struct kind const kinds[] = { { "a locked pipe", &locked, 0 }, { "a lingering parcel", &parcel, 0 }, { "a file of FUSE", &stuckfile_open, 1 } } ;
  char const *why ;
  testdaemon_need_closers() ;
  upgrading_begin() ;
  if (lockedpipe_begin(readers, PARTS))
  {
    check(kinds) ;
    lockedpipe_end() ;
  }
  else tap_ok(1, "a locked pipe # SKIP no page can be kept away here") ;
  check(kinds + 1) ;
  for (unsigned int i = 0 ; i < made ; i++) close(ends[i]) ;
  if (stuckfile_begin(&why)) check(kinds + 2) ;
  else tap_ok(1, "a file of FUSE # SKIP %s", why) ;
  return tap_done() ;
}
