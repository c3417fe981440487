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
#include "support/rawpoints.h"
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

static void check_list (struct rawclient *c, char const *name)
{
  char id[WIRE_ID_MAX + 1] ;
  unsigned int right = 0 ;
  tap_error(raw_answer(c), 0, "%s", name) ;
  tap_int(raw_list_count(c), HELD, "%s: so many ids", name) ;
  if (!tap_int(c->len, WIRE_LIST_HEADER_PACK + HELD * (WIRE_ID_MAX + 1), "%s: their bytes", name)) return ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    make_id(id, i) ;
    right += !strcmp(id, c->s + WIRE_LIST_HEADER_PACK + i * (WIRE_ID_MAX + 1)) ;
  }
  tap_int(right, HELD, "%s: each is where it must be", name) ;
}

 /* How many entries are right, up to the first frame that is not. */

static unsigned int count_dumped (struct rawclient *c)
{
  char id[WIRE_ID_MAX + 1] ;
  unsigned int done = 0 ;
  while (done < HELD)
  {
    struct wire_reader r ;
    struct wire_entry entry ;
    int isgood = !raw_receive(c) && c->nfds ;
    wire_reader_init(&r, c->s, c->len) ;
    for (unsigned int i = 0 ; i < c->nfds && isgood ; i++)
    {
      make_id(id, done + i) ;
      isgood = wire_get_entry(&r, &entry) && !strcmp(id, entry.id.s) && testfile_same(c->fds[i], files[done + i]) ;
    }
    if (isgood && wire_reader_isempty(&r)) done += c->nfds ;
    else isgood = 0 ;
    raw_drop_fds(c) ;
    if (!isgood) break ;
  }
  return done ;
}

static void check_dump (struct rawclient *c, char const *name)
{
  tap_error(raw_answer(c), 0, "%s", name) ;
  if (tap_int(c->len, WIRE_GETDUMP_REPLY_PACK, "%s: its answer", name))
    tap_int(count_dumped(c), HELD, "%s: the entries that are as they must be", name) ;
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
  raw_put(c, body, wire_pack_setdump(body, 0, 0), 0, 0) ;
}

static unsigned int count_errors (struct rawclient *c)
{
  unsigned int n = 0 ;
  while (n < ERRORS && raw_answer(c) == ENOENT && c->len == 1 && !c->nfds) n++ ;
  return n ;
}

static void check (enum frame_dialect dialect, char const *name, size_t bite)
{
  struct rawclient c ;
  raw_must_connect(&c, "s", dialect) ;
  raw_list(&c) ;
  if (!testdaemon_shrink_buffers(&holder)) tap_diag("the kernel lets nobody shrink the daemon's buffers") ;
  c.bite = bite ;
  ask_all(&c) ;
  tap_diag("H26: %s, %zu bytes at a time", name, bite) ;
  check_list(&c, "H26: list") ;
  check_dump(&c, "H26: dump") ;
  tap_error(raw_answer(&c), 0, "H26: retrieve") ;
  raw_point_file(&c, files[7], "H26: retrieve") ;
  tap_error(raw_answer(&c), EBUSY, "H26: store") ;
  tap_int(count_errors(&c), ERRORS, "H26: errors") ;
  check_list(&c, "H26: list again") ;
  tap_error(raw_answer(&c), 0, "H26: setdump") ;
  tap_int(c.len, WIRE_SETDUMP_REPLY_PACK, "H26: setdump: its answer") ;
  raw_point_silent(c.fd, "H26: and no more") ;
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
  tap_most(sent, PIPELINED_MAX - 1, "H26: %s: who does not read is not read from", name) ;
  if (!testdaemon_isslow()) tap_most(grown, 2 * answer + HIGH_WATER_KILOBYTES + SLACK_KILOBYTES - 1, "H26: %s: and costs at most twice the largest answer, in kilobytes", name) ;
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
