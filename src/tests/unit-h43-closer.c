/* ISC license. */

/* H6, H43: descriptors whose close never returns, of a FUSE file system and,
   on any machine, of a socket with a lingering one in its queue: the holder
   serves everybody all the time, in both dialects; its end by SIGTERM takes
   no longer than -T and a second; by SIGKILL, every client sees end of file
   within a second, and nobody is left who listens. In one file: all of it is
   judged on holders that are stuck already, which takes its time. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/lingering.h"
#include "support/rawclient.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum { HELPERS_MAX = 16, STUCK = 10, CLIENTS = 5, ROUNDS = 50 } ;

static struct testdaemon *holder ;

 /* How the descriptor is made, and who keeps it from going. */

static int ends[STUCK * 4] ;
static unsigned int nends ;

static int parcel (void)
{
  return stuckfile_parcel(ends + nends++) ;
}

static void release_parcels (void)
{
  while (nends) close(ends[--nends]) ;
}

 /* A FUSE file stays open in this process: to close it would be to wait. */

static void put_away (int fd, int isfuse)
{
  if (!isfuse) close(fd) ;
}

static void store_and_delete (struct rawclient *c, int (*make) (void), int isfuse, char const *name)
{
  double begun = test_seconds() ;
  unsigned int failed = 0 ;
  for (unsigned int i = 0 ; i < STUCK ; i++)
  {
    int fd = (*make)() ;
    failed += raw_store(c, "stuck", 0, fd) != 0 ;
    put_away(fd, isfuse) ;
    failed += raw_delete(c, "stuck") != 0 ;
  }
  begun = test_seconds() - begun ;
  tap_int(failed, 0, "H6: %s: %d are stored and deleted", name, STUCK) ;
  timing_most(begun, 2000, "H6: %s: soon", name) ;
}

static void go_on (struct rawclient *c, int file, char const *name)
{
  double begun = test_seconds() ;
  int e = 0 ;
  for (unsigned int i = 0 ; i < ROUNDS && !e ; i++) e = raw_round(c, "good", file) ;
  begun = test_seconds() - begun ;
  tap_error(e, 0, "H6: %s: and the holder goes on", name) ;
  timing_most(begun, 2000, "H6: %s: without waiting", name) ;
}

 /* More than a message may have, from who may do anything, and from who may not connect. */

static void send_unasked (int (*make) (void), int isfuse, uid_t uid, char const *name)
{
  int fds[3], client ;
  struct rawclient c ;
  if (uid != (uid_t)-1 && !testdaemon_isroot()) return ;
  for (unsigned int i = 0 ; i < 3 ; i++) fds[i] = (*make)() ;
  kill(holder->pid, SIGSTOP) ;
  client = raw_socket(holder->path, uid) ;
  if (client < 0 || raw_send(client, "", 1, fds, 3) != 1) tap_bail("send") ;
  kill(holder->pid, SIGCONT) ;
  for (unsigned int i = 0 ; i < 3 ; i++) put_away(fds[i], isfuse) ;
  raw_must_connect(&c, holder->path, FRAME_S6) ;
  tap_error(raw_list(&c), 0, "H6: %s, unasked, from %s: another client is served", name, uid == (uid_t)-1 ? "who may connect" : "who may not") ;
  raw_close(&c) ;
  close(client) ;
}

 /* A helper that stands still, whatever it is for; and what replaces one that has died. */

static pid_t stopped ;

static unsigned int helpers (pid_t *pids)
{
  unsigned int n = testdaemon_children(holder, pids, HELPERS_MAX) ;
  if (n < 2) tap_bail("children of the daemon") ;
  return n ;
}

static int stopping (void)
{
  pid_t pids[HELPERS_MAX] ;
  if (!stopped)
  {
    helpers(pids) ;
    stopped = pids[1] ;
    kill(stopped, SIGSTOP) ;
  }
  return testfile() ;
}

static void release_stopped (void)
{
  if (stopped) kill(stopped, SIGKILL) ;
  stopped = 0 ;
}

static unsigned int count_new (pid_t const *after, unsigned int now, pid_t const *before, unsigned int n)
{
  unsigned int new = 0 ;
  for (unsigned int i = 0 ; i < now ; i++)
  {
    unsigned int k = 0 ;
    while (k < n && before[k] != after[i]) k++ ;
    new += k == n ;
  }
  return new ;
}

 /* One that does nothing, and one that works: a third, which was made because another stood
    still, is needed no longer, or does the work. */

static void check_replaced (char const *name)
{
  pid_t before[HELPERS_MAX], after[HELPERS_MAX] ;
  unsigned int n = helpers(before), now = 0 ;
  struct rawclient c ;
  int file = testfile() ;
  for (unsigned int i = 0 ; i < 2 ; i++) kill(before[i], SIGKILL) ;
  stopped = 0 ;
  for (unsigned int i = 0 ; i < 200 && !count_new(after, now, before, n) ; i++)
  {
    test_sleep(10) ;
    now = testdaemon_children(holder, after, HELPERS_MAX) ;
  }
  tap_least(count_new(after, now, before, n), 1, "H43: %s: a helper that is killed is replaced", name) ;
  tap_least(now, 2, "H43: %s: so that there are enough", name) ;
  raw_must_connect(&c, holder->path, FRAME_S6) ;
  raw_must_store(&c, "x", file) ;
  tap_error(raw_delete(&c, "x"), 0, "H43: %s: what is stored is deleted", name) ;
  tap_int(testdaemon_settled_file(holder, file, 0), 0, "H43: %s: and closed", name) ;
  raw_close(&c) ;
  close(file) ;
}

 /* Each waits for LINGER_SECONDS, if nobody wakes it: no number may be taken for so long. */

static void send_lingering (void)
{
  unsigned int before = testdaemon_count_fds(holder) ;
  double begun ;
  if (!testdaemon_isroot()) return ;
  for (unsigned int i = 0 ; i < STUCK ; i++)
  {
    int fd = lingering_socket(ends + nends++) ;
    int client ;
    kill(holder->pid, SIGSTOP) ;
    client = raw_socket(holder->path, 65531) ;
    if (client < 0 || raw_send(client, "", 1, &fd, 1) != 1) tap_bail("send") ;
    close(fd) ;
    close(client) ;
    kill(holder->pid, SIGCONT) ;
  }
  begun = test_seconds() ;
  while (testdaemon_count_fds(holder) > before && test_seconds() - begun < LINGER_SECONDS - 2) test_sleep(10) ;
  tap_most(testdaemon_count_fds(holder), before, "H43: %d that linger, from who may not connect: soon none is open", STUCK) ;
  tap_diag("%.3f s", test_seconds() - begun) ;
}

static void kill_it (char const *name)
{
  struct rawclient c[CLIENTS] ;
  double begun ;
  unsigned int ended = 0 ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++)
  {
    raw_must_connect(c + i, holder->path, i & 1 ? FRAME_S6 : FRAME_NATIVE) ;
    if (raw_list(c + i)) tap_bail("list") ;
  }
  kill(holder->pid, SIGKILL) ;
  waitpid(holder->pid, 0, 0) ;
  begun = test_seconds() ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++) ended += raw_isended(c[i].fd, begun + 1) ;
  tap_int(ended, CLIENTS, "H43: %s: after SIGKILL every client sees end of file within a second", name) ;
  tap_diag("%.3f s", test_seconds() - begun) ;
  for (unsigned int i = 0 ; i < CLIENTS ; i++) raw_close(c + i) ;
  while (raw_islistened(holder->path) && test_seconds() < begun + 1) test_sleep(10) ;
  tap_ok(!raw_islistened(holder->path), "H43: %s: and nobody listens", name) ;
}

static void terminate_it (char const *name)
{
  double begun = test_seconds() ;
  int code = testdaemon_stop_within(holder, 1500) ;
  tap_int(code, 0, "H43: %s: SIGTERM ends the holder within -T and a second", name) ;
  tap_diag("%.3f s", test_seconds() - begun) ;
}

static void check (struct testdaemon *d, int (*make) (void), int isfuse, enum frame_dialect dialect, int iskill, char const *name)
{
  struct rawclient c ;
  int file = testfile() ;
  holder = d ;
  raw_must_connect(&c, d->path, dialect) ;
  store_and_delete(&c, make, isfuse, name) ;
  go_on(&c, file, name) ;
  send_unasked(make, isfuse, (uid_t)-1, name) ;
  send_unasked(make, isfuse, 65531, name) ;
  raw_close(&c) ;
  close(file) ;
  if (make == &parcel && iskill) send_lingering() ;
  if (make == &stopping) check_replaced(name) ;
  if (iskill) kill_it(name) ;
  else terminate_it(name) ;
  release_parcels() ;
  release_stopped() ;
}

 /* All daemons are there before the first file of FUSE: what a child closes
    when it is executed is closed, too. */

int main (void)
{
  static char const *const options[] = { "-v", "0", "-T", "500", 0 } ;
  static char const *const paths[] = { "0", "1", "2", "3", "4", "5" } ;
  struct testdaemon d[6] ;
  char const *why ;
  testdaemon_need_closers() ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_deny("uid/65531") ;
  for (unsigned int i = 0 ; i < 6 ; i++) testdaemon_start(d + i, paths[i], options) ;
  check(d, &parcel, 0, FRAME_NATIVE, 0, "a lingering parcel, native") ;
  check(d + 1, &parcel, 0, FRAME_S6, 1, "a lingering parcel, s6") ;
  check(d + 4, &stopping, 0, FRAME_S6, 0, "a helper that stands still, s6") ;
  check(d + 5, &stopping, 0, FRAME_NATIVE, 1, "a helper that stands still, native") ;
  if (stuckfile_begin(&why))
  {
    check(d + 2, &stuckfile_open, 1, FRAME_NATIVE, 0, "a file of FUSE, native") ;
    check(d + 3, &stuckfile_open, 1, FRAME_S6, 1, "a file of FUSE, s6") ;
    tap_least(stuckfile_waiting(), 1, "H43: and FUSE was asked, and has not answered") ;
  }
  else
  {
    tap_ok(1, "H43: a file of FUSE # SKIP %s", why) ;
    for (unsigned int i = 2 ; i < 4 ; i++) testdaemon_finish(d + i) ;
  }
  return tap_done() ;
}
