/* ISC license. */

/* The helpers of the image before, when the holder has executed itself: they
   close what they have, and end, and none that is stuck keeps anything from
   going: not the trial, nor the exec, nor the end that a client waits for. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>

#include "support/lockedpipe.h"
#include "support/rawclient.h"
#include "support/stuckfile.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"
#include "support/upgrading.h"

enum { STUCK = 6, HELPERS_MAX = 64, ROUNDS = 100 } ;

static struct testdaemon holder ;
static int file ;

static void upgrade (char const *name)
{
  double begun = test_seconds() ;
  if (!tap_ok(upgrading_do(&holder), "%s: the holder executes itself", name)) tap_bail("upgrade") ;
  timing_most(test_seconds() - begun, 3000, "%s: soon", name) ;
}

 /* Its end is seen when nobody has the other one. */

static int store_pipe (struct rawclient *c, char const *id)
{
  int p[2] ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  raw_must_store(c, id, p[1]) ;
  close(p[1]) ;
  return p[0] ;
}

 /* Likewise of one that has a name, until it is held. */

static int store_fifo (struct rawclient *c, char const *id)
{
  char const *name = "fifo" ;
  int reader, writer ;
  if (mkfifo(name, 0600) == -1) tap_bail("mkfifo") ;
  reader = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC) ;
  writer = open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC) ;
  if (reader < 0 || writer < 0) tap_bail("open a fifo") ;
  unlink(name) ;
  raw_must_store(c, id, writer) ;
  close(writer) ;
  return reader ;
}

static int ends_soon (int fd)
{
  int r = raw_isended(fd, test_seconds() + 5 * test_patience()) ;
  close(fd) ;
  return r ;
}

static unsigned int helpers (void)
{
  pid_t pids[HELPERS_MAX] ;
  return testdaemon_children(&holder, pids, HELPERS_MAX) ;
}

static int helpers_become (unsigned int n)
{
  for (unsigned int i = 0 ; i < 1000 && helpers() != n ; i++) test_sleep(10) ;
  return helpers() == n ;
}

static void serves (char const *name)
{
  struct rawclient c ;
  int e = 0 ;
  raw_must_connect(&c, holder.path, FRAME_S6) ;
  for (unsigned int i = 0 ; i < ROUNDS && !e ; i++) e = raw_round(&c, "good", file) ;
  tap_error(e, 0, "%s: requests are served", name) ;
  raw_close(&c) ;
}

 /* The other image has closed them; so must have the table of the one before. */

static void both_end (struct rawclient *held, struct rawclient *wrong, int reader, char const *name)
{
  tap_error(raw_delete(held, "pipe"), 0, "%s: what was held is deleted", name) ;
  tap_ok(ends_soon(reader), "%s: and nobody has it any longer", name) ;
  tap_error(raw_command(wrong, "\377\377", 2, 0, 0), wrong->dialect == FRAME_S6 ? EPROTO : ENOSYS, "%s: nonsense is answered", name) ;
  raw_send(wrong->fd, "\377\377\377\377\377\377", 6, 0, 0) ;
  while (!raw_receive(wrong)) ;
  tap_ok(raw_isclosed(wrong), "%s: and its connection gets its end of file", name) ;
}

 /* One helper is stuck; the others of the same rule wait behind it. */

static void beside_stuck_pipes (void)
{
  int readers[STUCK] ;
  unsigned int before = testdaemon_count_fds(&holder), n = helpers() ;
  struct rawclient c, wrong ;
  int reader ;
  if (!lockedpipe_begin(readers, STUCK))
  {
    tap_ok(1, "beside a stuck helper # SKIP no page can be kept away here") ;
    return ;
  }
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&wrong, holder.path, FRAME_S6) ;
  for (unsigned int i = 0 ; i < STUCK ; i++)
  {
    raw_must_store(&c, "locked", readers[i]) ;
    close(readers[i]) ;
    if (raw_delete(&c, "locked")) tap_bail("delete") ;
  }
  reader = store_pipe(&c, "pipe") ;
  upgrade("beside a stuck helper") ;
  serves("beside a stuck helper") ;
  both_end(&c, &wrong, reader, "beside a stuck helper") ;
  upgrade("beside two of them") ;
  serves("beside two of them") ;
  tap_error(raw_list(&c), 0, "the connection goes on") ;
  raw_close(&c) ;
  raw_close(&wrong) ;
  lockedpipe_end() ;
  tap_ok(helpers_become(n), "once nothing is stuck, helpers of former images are gone") ;
  for (unsigned int i = 0 ; i < 300 && testdaemon_count_fds(&holder) != before ; i++) test_sleep(10) ;
  tap_int(testdaemon_count_fds(&holder), before, "and all that was to be closed is") ;
}

 /* Held still, so that to close a copy does not wait; but to ask a pipe for its size
    would. The lowest and the highest of all that is held, whatever begins where. */

static void between_locked_pipes (void)
{
  int readers[2] ;
  struct rawclient c, wrong ;
  int reader ;
  if (!lockedpipe_begin(readers, 2))
  {
    tap_ok(1, "between locked pipes # SKIP no page can be kept away here") ;
    return ;
  }
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_store(&c, "locked one", readers[0]) ;
  raw_must_connect(&wrong, holder.path, FRAME_S6) ;
  reader = store_pipe(&c, "pipe") ;
  raw_must_store(&c, "locked two", readers[1]) ;
  for (unsigned int i = 0 ; i < 2 ; i++) close(readers[i]) ;
  upgrade("between locked pipes") ;
  serves("between locked pipes") ;
  both_end(&c, &wrong, reader, "between locked pipes") ;
  raw_close(&c) ;
  raw_close(&wrong) ;
  lockedpipe_end() ;
}

 /* Their close asks a file system that never answers, whoever closes: so no
    process that ends or executes may have them. What is between them is closed first. */

static void beside_stuck_files (void)
{
  char const *why ;
  struct rawclient c, wrong ;
  int reader, fifo ;
  if (!stuckfile_begin(&why))
  {
    tap_ok(1, "files of a stuck file system # SKIP %s", why) ;
    return ;
  }
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&wrong, holder.path, FRAME_S6) ;
  raw_must_store(&c, "stuck one", stuckfile_open()) ;
  reader = store_pipe(&c, "pipe") ;
  fifo = store_fifo(&c, "fifo") ;
  raw_must_store(&c, "stuck two", stuckfile_open()) ;
  upgrade("with files that are stuck") ;
  serves("with files that are stuck") ;
  both_end(&c, &wrong, reader, "with files that are stuck") ;
  tap_error(raw_delete(&c, "fifo"), 0, "with files that are stuck: a fifo is deleted") ;
  tap_ok(ends_soon(fifo), "with files that are stuck: and nobody has it any longer") ;
  tap_error(raw_delete(&c, "stuck one"), 0, "with files that are stuck: one is deleted") ;
  upgrade("with one that does not close") ;
  tap_int(raw_holds(&c, "stuck two"), 1, "with files that are stuck: the other is held") ;
  raw_close(&c) ;
  raw_close(&wrong) ;
}

 /* So they keep their table, and all connections in it. */

static void beside_stopped_helpers (void)
{
  pid_t pids[HELPERS_MAX] ;
  struct rawclient c[4] ;
  unsigned int n = testdaemon_children(&holder, pids, HELPERS_MAX) ;
  for (unsigned int i = 0 ; i < 4 ; i++) raw_must_connect(c + i, holder.path, i & 1 ? FRAME_S6 : FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < n ; i++) kill(pids[i], SIGSTOP) ;
  upgrade("with helpers that stand still") ;
  for (unsigned int i = 0 ; i < 4 ; i++) raw_close(c + i) ;
  serves("clients of the image before have gone") ;
  serves("and once more") ;
  for (unsigned int i = 0 ; i < n ; i++) kill(pids[i], SIGCONT) ;
}

int main (void)
{
  testdaemon_need_closers() ;
  upgrading_begin() ;
  upgrading_start(&holder, 0) ;
  file = testfile() ;
  beside_stuck_pipes() ;
  between_locked_pipes() ;
  beside_stopped_helpers() ;
  beside_stuck_files() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
