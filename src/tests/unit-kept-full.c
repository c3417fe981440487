/* ISC license. */

/* A keeper that does not read. While the channel is full nothing that is held
   changes, and all else goes on; then what waited is done, in order. One that has
   not read for a second is killed, and nobody waits any longer. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { STORES_MAX = 2000, SMALL = 4096, SILENCE_MS = 60, LATE_MS = 900 } ;

static struct testdaemon holder ;
static struct rawclient client, second, third ;
static int file, other ;

static struct
{
  pid_t pid ;
  int control ;  /* a byte: read all that there is */
  int reports ;  /* a byte: that was done; 1: and "owed" has gone */
} keeper ;

static char read_all (struct keeping *k)
{
  char isgone = 0 ;
  char const *text ;
  while (strcmp(text = keeping_next(k, 200), "nothing") && strcmp(text, "end")) isgone |= !strcmp(text, "D:owed") ;
  return isgone ;
}

static int be_keeper (int control, int reports)
{
  struct rawclient c ;
  struct keeping k ;
  int p[2], gifts[2], size = SMALL ;
  char byte ;
  close(client.fd) ;
  close(second.fd) ;
  close(third.fd) ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == -1 || setsockopt(p[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == -1) return 1 ;
  if (keeping_ask(&c, p[1], gifts)) return 1 ;
  close(p[1]) ;
  keeping_begin(&k, p[0]) ;
  do
  {
    byte = read_all(&k) ;
    if (write(reports, &byte, 1) != 1) return 1 ;
  }
  while (read(control, &byte, 1) == 1) ;
  return 0 ;
}

static int await_report (void)
{
  struct pollfd x = { .fd = keeper.reports, .events = POLLIN } ;
  char byte ;
  if (poll(&x, 1, 20000) != 1 || read(keeper.reports, &byte, 1) != 1) tap_bail("the keeper says nothing") ;
  return byte ;
}

static void begin_keeper (void)
{
  int control[2], reports[2] ;
  fflush(stdout) ;
  if (pipe(control) == -1 || pipe(reports) == -1) tap_bail("pipe") ;
  keeper.pid = fork() ;
  if (keeper.pid == -1) tap_bail("fork") ;
  if (!keeper.pid)
  {
    close(control[1]) ;
    _exit(be_keeper(control[0], reports[1])) ;
  }
  close(control[0]) ;
  close(reports[1]) ;
  keeper.control = control[1] ;
  keeper.reports = reports[0] ;
  await_report() ;
}

static void let_read (void)
{
  if (write(keeper.control, "", 1) != 1) tap_bail("control") ;
}

static int is_answered (struct rawclient *c, unsigned int milliseconds)
{
  struct pollfd x = { .fd = c->fd, .events = POLLIN } ;
  return poll(&x, 1, (int)milliseconds) == 1 ;
}

static void send_store (struct rawclient *c, char const *id)
{
  char body[WIRE_REQUEST_MAX] ;
  tain never ;
  raw_never(&never) ;
  if (!raw_put(c, body, wire_pack_store(body, &never, id, strlen(id)), &file, 1)) tap_bail("send") ;
}

 /* Stores until one is not answered: its id. */

static char const *fill (char const *prefix)
{
  static char id[64] ;
  for (unsigned int i = 0 ; i < STORES_MAX ; i++)
  {
    snprintf(id, sizeof(id), "%s%u", prefix, i) ;
    send_store(&client, id) ;
    if (!is_answered(&client, SILENCE_MS)) return id ;
    if (raw_answer(&client)) tap_bail("store") ;
  }
  tap_bail("the channel is never full") ;
}

static void ask (struct rawclient *c, char const *body, size_t len, char const *name)
{
  if (!raw_put(c, body, len, 0, 0)) tap_bail("send") ;
  tap_int(is_answered(c, SILENCE_MS), 0, "%s waits", name) ;
}

static void waits_and_goes_on (void)
{
  static char const *const ids[] = { "dumped", "dumped 2" } ;
  int const files[] = { file, other } ;
  char body[WIRE_REQUEST_MAX] ;
  struct rawclient s6, dumper, gone ;
  char const *last ;
  int fd ;
  raw_must_store(&second, "given up", file) ;
  raw_must_store(&second, "taken", file) ;
  raw_must_connect(&s6, holder.path, FRAME_S6) ;
  raw_must_connect(&dumper, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&gone, holder.path, FRAME_NATIVE) ;
  last = fill("a") ;
  tap_int(raw_holds(&second, last), 0, "what the keeper has not been told is not so") ;
  raw_point_retrieve(&second, 0, "a0", file, "all else goes on") ;
  ask(&third, body, wire_pack_delete(body, "a0", 2), "a delete") ;
  send_store(&gone, "gone") ;
  raw_wait_until_read(gone.fd) ;
  raw_close(&gone) ;
  tap_error(raw_setdump(&dumper, 2), 0, "a dump begins") ;
  tap_error(raw_retrieve(&s6, 1, "taken", &fd), 0, "s6 dialect: a taking is answered") ;
  close(fd) ;
  raw_close(&s6) ;
  let_read() ;
  tap_error(raw_answer(&client), 0, "when the keeper reads, the store is answered") ;
  tap_error(raw_answer(&third), 0, "and the delete") ;
  await_report() ;
  tap_error(raw_dumpframe(&dumper, ids, files, 2), 0, "the dump ends") ;
  tap_int(raw_holds(&second, last), 1, "the last one is held") ;
  tap_int(raw_listed(&second, "a0"), 0, "what was deleted is not") ;
  tap_int(raw_listed(&second, "taken"), 0, "nor what was taken, though he who has it has gone") ;
  tap_int(raw_listed(&second, "gone"), 0, "nor what somebody had asked to store who did not wait") ;
  tap_int(raw_listed(&second, "dumped 2"), 1, "the dump is") ;
  raw_close(&dumper) ;
  let_read() ;
  await_report() ;
}

static void dump_waits (void)
{
  static char const *const ids[] = { "whole", "whole 2" } ;
  int const files[] = { file, other } ;
  static char body[WIRE_DUMPFRAME_MAX] ;
  size_t len = 1 ;
  tain never ;
  raw_never(&never) ;
  body[0] = WIRE_DUMPFRAME ;
  for (unsigned int i = 0 ; i < 2 ; i++) len += wire_pack_entry(body + len, &never, ids[i], strlen(ids[i])) ;
  fill("b") ;
  tap_error(raw_setdump(&second, 2), 0, "another dump begins while the channel is full") ;
  if (!raw_put(&second, body, len, files, 2)) tap_bail("send") ;
  tap_int(is_answered(&second, SILENCE_MS), 0, "and waits") ;
  tap_int(raw_holds(&third, "whole"), 0, "nothing of it is held") ;
  let_read() ;
  tap_error(raw_answer(&client), 0, "then the store is answered") ;
  tap_error(raw_answer(&second), 0, "and the dump") ;
  tap_int(raw_holds(&third, "whole") && raw_listed(&third, "whole 2"), 1, "all of it is held") ;
  if (raw_send(second.fd, "\0\0\20\0", 4, 0, 0) != 4) tap_bail("send") ;
  tap_error(raw_answer(&second), EPROTO, "from then on no message may be as long as one of a dump") ;
  raw_close(&second) ;
  raw_must_connect(&second, holder.path, FRAME_NATIVE) ;
  await_report() ;
  let_read() ;
  await_report() ;
}

static void is_killed (void)
{
  double begun ;
  char const *last ;
  int status ;
  last = fill("c") ;
  begun = test_seconds() ;
  tap_error(raw_answer(&client), 0, "a store is answered, though the keeper does not read") ;
  tap_least(test_since(begun), LATE_MS - SILENCE_MS, "after a second") ;
  tap_int(raw_holds(&second, last), 1, "it is held") ;
  tap_int(waitpid(keeper.pid, &status, 0) == keeper.pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, 1, "the keeper was killed") ;
  tap_error(raw_round(&third, "after", file), 0, "and nobody waits any longer") ;
}

 /* Who has taken it has gone, and has it; the holder is to end. */

static void ends_when_all_is_told (void)
{
  struct rawclient s6 ;
  int fd ;
  begin_keeper() ;
  raw_must_store(&second, "owed", file) ;
  raw_must_connect(&s6, holder.path, FRAME_S6) ;
  fill("d") ;
  tap_error(raw_retrieve(&s6, 1, "owed", &fd), 0, "while the channel is full something is taken") ;
  close(fd) ;
  raw_close(&s6) ;
  raw_close(&client) ;
  raw_close(&second) ;
  raw_close(&third) ;
  kill(holder.pid, SIGTERM) ;
  test_sleep(100) ;
  let_read() ;
  tap_int(await_report(), 1, "a holder that ends tells of it before") ;
}

int main (void)
{
  testdaemon_begin(&holder, 0) ;
  file = testfile() ;
  other = testfile() ;
  raw_must_connect(&client, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&second, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&third, holder.path, FRAME_NATIVE) ;
  begin_keeper() ;
  waits_and_goes_on() ;
  dump_waits() ;
  is_killed() ;
  ends_when_all_is_told() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
