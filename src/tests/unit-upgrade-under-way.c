/* ISC license. */

/* What is under way when the holder executes itself: it ends, or is undone
   after a second and its connection closed. Nothing else is accepted or judged
   meanwhile, and SIGTERM ends the holder as always. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"
#include "support/upgrading.h"

enum { TIMES = 8, ENDING = 6 } ;

static struct testdaemon holder ;
static int file ;
static unsigned int done ;
static double begun ;

 /* Until the trial is over. */

static void ask (void)
{
  unsigned int n = upgrading_count(UPGRADING_QUIESCES) ;
  done = upgrading_count(UPGRADING_DONE) ;
  kill(holder.pid, SIGUSR1) ;
  if (!upgrading_await(UPGRADING_QUIESCES, n + 1)) tap_bail("trial") ;
  begun = test_seconds() ;
}

static void is_done (char const *name)
{
  tap_ok(upgrading_await(UPGRADING_DONE, done + 1), "%s: then it is executed", name) ;
}

static void is_done_at_once (char const *name)
{
  is_done(name) ;
  timing_most(test_seconds() - begun, 900, "%s: without the whole second", name) ;
}

static void is_done_late (char const *name)
{
  is_done(name) ;
  timing_least(test_seconds() - begun, 800, "%s: which waits for a second", name) ;
}

static void holds (char const *id, int want, char const *name)
{
  struct rawclient c ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  tap_int(raw_holds(&c, id), want, "%s: %s is %s", name, id, want ? "held" : "not held") ;
  raw_close(&c) ;
}

 /* A request in two pieces. */

static size_t half (struct rawclient *c, enum frame_dialect dialect, char *s, size_t piece)
{
  char body[WIRE_REQUEST_MAX] ;
  size_t len ;
  raw_must_connect(c, holder.path, dialect) ;
  len = raw_frame(dialect, s, body, wire_pack_store(body, &tain_infinite, "half", 4), 1) ;
  if (raw_send(c->fd, s, piece, &file, 1) != (ssize_t)piece) tap_bail("send") ;
  raw_wait_until_read(c->fd) ;
  return len ;
}

static void half_request (enum frame_dialect dialect, size_t piece)
{
  char s[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  struct rawclient c, idle ;
  size_t len = half(&c, dialect, s, piece) ;
  raw_must_connect(&idle, holder.path, FRAME_NATIVE) ;
  ask() ;
  if (!raw_put(&idle, "L", 1, 0, 0)) tap_bail("send") ;
  if (raw_send(c.fd, s + piece, len - piece, 0, 0) != (ssize_t)(len - piece)) tap_bail("send") ;
  tap_error(raw_answer(&c), 0, "the rest of a request is awaited, and answered") ;
  is_done_at_once("a request that came in time") ;
  tap_error(raw_answer(&idle), 0, "who asked meanwhile is answered by the next image") ;
  tap_error(raw_delete(&c, "half"), 0, "and the connection goes on") ;
  raw_close(&c) ;
  raw_close(&idle) ;
}

 /* Two requests in one piece, and half a third one: no byte of it is lost. */

static void half_of_many (void)
{
  char s[3 * (WIRE_REQUEST_MAX + FRAME_S6_HEADER)] ;
  struct rawclient c ;
  size_t len = 0, piece ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < 3 ; i++) len += raw_frame(FRAME_NATIVE, s + len, "D\3abc", 6, 0) ;
  piece = len - 4 ;
  if (raw_send(c.fd, s, piece, 0, 0) != (ssize_t)piece) tap_bail("send") ;
  raw_wait_until_read(c.fd) ;
  ask() ;
  len += raw_frame(FRAME_NATIVE, s + len, "L", 1, 0) ;
  if (raw_send(c.fd, s + piece, len - piece, 0, 0) != (ssize_t)(len - piece)) tap_bail("send") ;
  is_done_at_once("requests in a row") ;
  for (unsigned int i = 0 ; i < 3 ; i++) tap_error(raw_answer(&c), ENOENT, "request %u of a row is answered", i) ;
  tap_error(raw_answer(&c), 0, "and the one behind them, which nobody had begun to read") ;
  raw_close(&c) ;
}

static void late_request (enum frame_dialect dialect)
{
  char s[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  struct rawclient c ;
  half(&c, dialect, s, 10) ;
  ask() ;
  is_done_late("half a request") ;
  tap_ok(raw_isclosed(&c), "its connection is closed") ;
  raw_close(&c) ;
  holds("half", 0, "half a request") ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "half a request: and its descriptor is closed") ;
}

static void taking (int isintime)
{
  struct rawclient c ;
  int fd = -1 ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_store(&c, "t", file) ;
  if (raw_retrieve(&c, WIRE_RETRIEVE_DELETE, "t", &fd)) tap_bail("retrieve") ;
  ask() ;
  if (isintime)
  {
    tap_error(raw_acknowledge(&c), 0, "a taking is acknowledged meanwhile") ;
    is_done_at_once("a taking") ;
    tap_int(raw_holds(&c, "t"), 0, "and has taken") ;
  }
  else
  {
    is_done_late("a taking") ;
    tap_ok(raw_isclosed(&c), "one that is not acknowledged is closed") ;
    holds("t", 1, "and undone") ;
  }
  close(fd) ;
  raw_close(&c) ;
}

 /* Who waits for what is being taken is asked again, whoever ended that. */

static void waiting_for_taken (void)
{
  struct rawclient c, w ;
  char body[WIRE_REQUEST_MAX] ;
  int fd = -1 ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&w, holder.path, FRAME_NATIVE) ;
  if (raw_retrieve(&c, WIRE_RETRIEVE_DELETE, "t", &fd)) tap_bail("retrieve") ;
  if (!raw_put(&w, body, wire_pack_retrieve(body, WIRE_RETRIEVE_DELETE | WIRE_RETRIEVE_WAIT, "t", 1), 0, 0)) tap_bail("send") ;
  raw_wait_until_read(w.fd) ;
  ask() ;
  is_done_late("a taking that another waits for") ;
  tap_error(raw_answer(&w), 0, "then it is the other's turn") ;
  raw_drop_fds(&w) ;
  tap_error(raw_acknowledge(&w), 0, "who takes it") ;
  close(fd) ;
  raw_close(&c) ;
  raw_close(&w) ;
}

static void dump (enum frame_dialect dialect, int isintime)
{
  static char const *const ids[] = { "d1", "d2" } ;
  struct rawclient c ;
  raw_must_connect(&c, holder.path, dialect) ;
  if (raw_setdump(&c, 2) || raw_dumpframe(&c, ids, &file, 1) != EAGAIN) tap_bail("dump") ;
  ask() ;
  if (isintime)
  {
    tap_error(raw_dumpframe(&c, ids + 1, &file, 1), 0, "the rest of a dump is awaited") ;
    is_done_at_once("a dump") ;
    for (unsigned int i = 0 ; i < 2 ; i++) tap_error(raw_delete(&c, ids[i]), 0, "a dump: %s is held", ids[i]) ;
  }
  else
  {
    is_done_late("half a dump") ;
    tap_ok(raw_isclosed(&c), "half a dump: its connection is closed") ;
    holds("d1", 0, "half a dump") ;
    tap_int(testdaemon_settled_file(&holder, file, 0), 0, "half a dump: its descriptors are closed") ;
  }
  raw_close(&c) ;
}

 /* They end in the turn of the signal: nothing of them is looked at later. */

static void ends_in_that_turn (void)
{
  for (unsigned int i = 0 ; i < TIMES ; i++)
  {
    struct rawclient c[ENDING] ;
    for (unsigned int k = 0 ; k < ENDING ; k++) raw_must_connect(c + k, holder.path, k % 2 ? FRAME_NATIVE : FRAME_S6) ;
    done = upgrading_count(UPGRADING_DONE) ;
    kill(holder.pid, SIGSTOP) ;
    for (unsigned int k = 0 ; k < ENDING ; k++) raw_close(c + k) ;
    kill(holder.pid, SIGUSR1) ;
    kill(holder.pid, SIGCONT) ;
    is_done("connections that end in the turn of the signal") ;
  }
}

 /* In the second that is waited, whoever comes waits for the next image. */

static void newcomer (void)
{
  char s[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  struct rawclient c, new ;
  half(&c, FRAME_NATIVE, s, 10) ;
  ask() ;
  raw_must_connect(&new, holder.path, FRAME_NATIVE) ;
  tap_int(upgrading_count(UPGRADING_DONE), done + 1, "who comes meanwhile is accepted by the next image") ;
  tap_error(raw_list(&new), 0, "and served") ;
  raw_close(&c) ;
  raw_close(&new) ;
}

static void terminated (void)
{
  char s[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  struct rawclient c ;
  half(&c, FRAME_NATIVE, s, 10) ;
  ask() ;
  testdaemon_terminate(&holder) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  tap_int(upgrading_count(UPGRADING_DONE), done, "SIGTERM meanwhile: nothing is executed") ;
}

int main (void)
{
  upgrading_begin() ;
  upgrading_start(&holder, 0) ;
  file = testfile() ;
  half_request(FRAME_NATIVE, 2) ;
  half_request(FRAME_NATIVE, 10) ;
  half_request(FRAME_S6, 5) ;
  half_request(FRAME_S6, 20) ;
  half_of_many() ;
  late_request(FRAME_NATIVE) ;
  late_request(FRAME_S6) ;
  taking(1) ;
  taking(0) ;
  waiting_for_taken() ;
  dump(FRAME_NATIVE, 1) ;
  dump(FRAME_S6, 1) ;
  dump(FRAME_NATIVE, 0) ;
  dump(FRAME_S6, 0) ;
  newcomer() ;
  ends_in_that_turn() ;
  terminated() ;
  return tap_done() ;
}
