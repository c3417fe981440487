/* ISC license. */

/* H26: output is bounded, and with a send buffer of the smallest size bytes
   sent equal bytes queued, for every message: nothing twice, nothing left out. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/uint32.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { HELD = 600, ERRORS = 150, PIPELINED_MAX = 1000000, HIGH_WATER_KILOBYTES = 16, SLACK_KILOBYTES = 512 } ;

static struct testdaemon holder ;
static int files[HELD] ;

static void make_id (char *id, unsigned int i)
{
  memset(id, 'x', WIRE_ID_MAX) ;
  id[WIRE_ID_MAX] = 0 ;
  snprintf(id, 5, "%04u", i) ;
  id[4] = 'x' ;
}

static void fill (void)
{
  char id[WIRE_ID_MAX + 1] ;
  struct rawclient c ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    make_id(id, i) ;
    files[i] = testfile() ;
    raw_must_store(&c, id, files[i]) ;
  }
  raw_close(&c) ;
}

static int is_list_right (struct rawclient *c)
{
  char id[WIRE_ID_MAX + 1] ;
  if (raw_answer(c) || raw_list_count(c) != HELD || c->len != WIRE_LIST_HEADER_PACK + HELD * (WIRE_ID_MAX + 1)) return 0 ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    make_id(id, i) ;
    if (strcmp(id, c->s + WIRE_LIST_HEADER_PACK + i * (WIRE_ID_MAX + 1))) return 0 ;
  }
  return 1 ;
}

static int is_dump_right (struct rawclient *c)
{
  char id[WIRE_ID_MAX + 1] ;
  unsigned int done = 0 ;
  if (raw_answer(c) || c->len != WIRE_GETDUMP_REPLY_PACK) return 0 ;
  while (done < HELD)
  {
    struct wire_reader r ;
    struct wire_entry entry ;
    int isgood = !raw_receive(c) && c->nfds ;
    wire_reader_init(&r, c->s, c->len) ;
    for (unsigned int i = 0 ; i < c->nfds && isgood ; i++, done++)
    {
      make_id(id, done) ;
      isgood = wire_get_entry(&r, &entry) && !strcmp(id, entry.id.s) && testfile_same(c->fds[i], files[done]) ;
    }
    raw_drop_fds(c) ;
    if (!isgood || !wire_reader_isempty(&r)) return 0 ;
  }
  return 1 ;
}

static int is_silent (struct rawclient const *c)
{
  char byte ;
  return recv(c->fd, &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN ;
}

 /* All are asked before any answer is read. */

static void ask_all (struct rawclient *c)
{
  char body[WIRE_REQUEST_MAX], id[WIRE_ID_MAX + 1] ;
  tain never ;
  raw_never(&never) ;
  make_id(id, 7) ;
  raw_put(c, "L", 1, 0, 0) ;
  raw_put(c, "?", 1, 0, 0) ;
  raw_put(c, body, wire_pack_retrieve(body, 0, id, WIRE_ID_MAX), 0, 0) ;
  raw_put(c, body, wire_pack_store(body, &never, id, WIRE_ID_MAX), files, 1) ;
  for (unsigned int i = 0 ; i < ERRORS ; i++) raw_put(c, body, wire_pack_delete(body, "none", 4), 0, 0) ;
  raw_put(c, "L", 1, 0, 0) ;
  raw_put(c, body, wire_pack_setdump(body, 0), 0, 0) ;
}

static int are_errors_right (struct rawclient *c)
{
  for (unsigned int i = 0 ; i < ERRORS ; i++)
    if (raw_answer(c) != ENOENT || c->len != 1 || c->nfds) return 0 ;
  return 1 ;
}

static void check (enum frame_dialect dialect, char const *name, size_t bite)
{
  struct rawclient c ;
  raw_must_connect(&c, "s", dialect) ;
  raw_list(&c) ;
  if (!testdaemon_shrink_buffers(&holder)) tap_diag("the kernel lets nobody shrink the daemon's buffers") ;
  c.bite = bite ;
  ask_all(&c) ;
  tap_ok(is_list_right(&c), "H26: %s, %zu bytes at a time: list", name, bite) ;
  tap_ok(is_dump_right(&c), "H26: %s, %zu bytes at a time: dump", name, bite) ;
  tap_ok(!raw_answer(&c) && c.nfds == 1 && testfile_same(c.fds[0], files[7]), "H26: %s, %zu bytes at a time: retrieve", name, bite) ;
  raw_drop_fds(&c) ;
  tap_ok(raw_answer(&c) == EBUSY, "H26: %s, %zu bytes at a time: store", name, bite) ;
  tap_ok(are_errors_right(&c), "H26: %s, %zu bytes at a time: errors", name, bite) ;
  tap_ok(is_list_right(&c), "H26: %s, %zu bytes at a time: list again", name, bite) ;
  tap_ok(!raw_answer(&c) && c.len == WIRE_SETDUMP_REPLY_PACK && is_silent(&c), "H26: %s, %zu bytes at a time: setdump, and no more", name, bite) ;
  raw_close(&c) ;
}

 /* Pipelines lists until the daemon reads no more of them. */

static void check_bounded (enum frame_dialect dialect, char const *name)
{
  char frame[FRAME_S6_HEADER + 1] ;
  struct rawclient c, other ;
  long answer = HELD * (WIRE_ID_MAX + 1) / 1024 ;
  long before, grown ;
  unsigned int sent = 0 ;
  size_t len = raw_frame(dialect, frame, "L", 1, 0) ;
  raw_must_connect(&c, "s", dialect) ;
  raw_must_connect(&other, "s", dialect) ;
  before = testdaemon_resident(&holder) ;
  for (unsigned int waited = 0 ; sent < PIPELINED_MAX && waited < 20 ; )
  {
    if (send(c.fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len) sent++ ;
    else if (raw_list(&other)) break ;
    else waited++ ;
  }
  grown = testdaemon_resident(&holder) - before ;
  tap_ok(sent < PIPELINED_MAX, "H26: %s: who does not read is not read from", name) ;
  if (!testdaemon_isslow()) tap_ok(grown < 2 * answer + HIGH_WATER_KILOBYTES + SLACK_KILOBYTES, "H26: %s: and costs at most twice the largest answer", name) ;
  tap_diag("%u lists of %ld kB were asked for: %ld kB more", sent, answer, grown) ;
  raw_close(&c) ;
  raw_close(&other) ;
}

int main (void)
{
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-n", "1000", 0 }) ;
  fill() ;
  check_bounded(FRAME_NATIVE, "native") ;
  check_bounded(FRAME_S6, "s6") ;
  check(FRAME_NATIVE, "native", 0) ;
  check(FRAME_S6, "s6", 0) ;
  check(FRAME_NATIVE, "native", 7) ;
  check(FRAME_S6, "s6", 13) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
