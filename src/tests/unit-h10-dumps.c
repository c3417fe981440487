/* ISC license. */

/* H10: a dump is applied whole or not at all. After each of these the store
   is as it was before, and the daemon has nothing else open. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;
static struct rawclient checker ;
static int files[2] ;  /* held as a and b */
static int brought[4] ;
static char const *const ids[4] = { "a", "n1", "n2", "n3" } ;
static char const *const doubled[4] = { "n1", "n2", "n1", "a" } ;
static unsigned int before ;

static void check_unchanged (char const *name)
{
  unsigned int tries = 0 ;
  int isgood ;
  do
  {
    isgood = !raw_list(&checker) && raw_list_count(&checker) == 2 && raw_listed(&checker, "a") && raw_listed(&checker, "b") ;
    isgood = isgood && testdaemon_count_file(&holder, files[0]) == 1 && testdaemon_count_file(&holder, files[1]) == 1 ;
    isgood = isgood && testdaemon_count_fds(&holder) == before ;
    if (!isgood) test_sleep(2) ;
  }
  while (!isgood && ++tries < 200) ;
  tap_ok(isgood, "H10: %s: the store is as before", name) ;
}

static void check_cut (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  raw_must_connect(&c, "s", dialect) ;
  tap_ok(!raw_setdump(&c, 4) && raw_dumpframe(&c, ids, brought, 3) == EAGAIN, "H10: %s: three of four are staged", name) ;
  raw_close(&c) ;
  check_unchanged("client gone half-way") ;
}

static void check_answer (enum frame_dialect dialect, char const *name, char const *const *names, unsigned int first, unsigned int second, int want)
{
  struct rawclient c ;
  int got ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_setdump(&c, 4) || raw_dumpframe(&c, names, brought, first) != EAGAIN) tap_bail("setdump") ;
  got = raw_dumpframe(&c, names + first, brought + first, second) ;
  tap_ok(got == want, "H10: %s: %s", name, strerror(want)) ;
  tap_ok(want == EPROTO ? raw_isclosed(&c) : !raw_list(&c), "H10: %s: the connection is %s", name, want == EPROTO ? "closed" : "open") ;
  raw_close(&c) ;
  check_unchanged(name) ;
}

 /* The last frame's last entry lacks its last byte, has one too many, or is another message. */

static void check_tail (enum frame_dialect dialect, char const *name, int longer)
{
  char body[WIRE_REQUEST_MAX] ;
  struct rawclient c ;
  tain never ;
  size_t len ;
  raw_never(&never) ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_setdump(&c, 2) || raw_dumpframe(&c, ids, brought, 1) != EAGAIN) tap_bail("setdump") ;
  body[0] = WIRE_DUMPFRAME ;
  len = 1 + wire_pack_entry(body + 1, &never, "n1", 2) ;
  body[len] = 0 ;
  tap_ok(raw_command(&c, body, len + longer, brought, 1) == EPROTO && raw_isclosed(&c), "H10: %s is refused", name) ;
  raw_close(&c) ;
  check_unchanged(name) ;
}

static void check_interleaved (void)
{
  struct rawclient x, y ;
  raw_must_connect(&x, "s", FRAME_NATIVE) ;
  raw_must_connect(&y, "s", FRAME_S6) ;
  if (raw_setdump(&x, 4) || raw_setdump(&y, 2)) tap_bail("setdump") ;
  tap_ok(raw_dumpframe(&x, ids, brought, 2) == EAGAIN && raw_dumpframe(&y, ids, brought, 1) == EAGAIN, "H10: two dumps at a time are staged") ;
  tap_ok(raw_dumpframe(&x, doubled, brought, 2) == EINVAL, "H10: one of them is refused") ;
  tap_ok(!raw_holds(&checker, "n1"), "H10: neither is there") ;
  tap_ok(!raw_dumpframe(&y, ids + 1, brought + 1, 1) && raw_holds(&checker, "n1") && !raw_listed(&checker, "n2"), "H10: the other one is applied, alone") ;
  tap_ok(!testdaemon_count_file(&holder, files[0]) && testdaemon_count_file(&holder, brought[0]) == 1, "H10: what it replaced is closed") ;
  raw_delete(&checker, "n1") ;
  raw_delete(&checker, "a") ;
  raw_must_store(&checker, "a", files[0]) ;
  raw_close(&x) ;
  raw_close(&y) ;
  check_unchanged("what the other did is undone") ;
}

static void check_dialect (enum frame_dialect dialect)
{
  struct rawclient c ;
  check_cut(dialect, "client gone half-way") ;
  check_answer(dialect, "an id twice", doubled, 1, 3, EINVAL) ;
  check_answer(dialect, "a frame without entries", ids, 2, 0, EPROTO) ;
  check_tail(dialect, "an entry cut short", -1) ;
  check_tail(dialect, "an entry with a tail", 1) ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_setdump(&c, 2) || raw_dumpframe(&c, ids, brought, 1) != EAGAIN) tap_bail("setdump") ;
  tap_ok(raw_dumpframe(&c, ids + 1, brought, 2) == EPROTO && raw_isclosed(&c), "H10: more entries than announced are refused") ;
  raw_close(&c) ;
  check_unchanged("more entries than announced") ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_setdump(&c, 2) || raw_dumpframe(&c, ids, brought, 1) != EAGAIN) tap_bail("setdump") ;
  tap_ok(raw_list(&c) == EPROTO && raw_isclosed(&c), "H10: another request within a dump is refused") ;
  raw_close(&c) ;
  check_unchanged("another request within a dump") ;
}

int main (void)
{
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", 0 }) ;
  raw_must_connect(&checker, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < 2 ; i++) files[i] = testfile() ;
  for (unsigned int i = 0 ; i < 4 ; i++) brought[i] = testfile() ;
  raw_must_store(&checker, "a", files[0]) ;
  raw_must_store(&checker, "b", files[1]) ;
  before = testdaemon_count_fds(&holder) ;
  check_dialect(FRAME_NATIVE) ;
  check_dialect(FRAME_S6) ;
  check_interleaved() ;
  raw_close(&checker) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
