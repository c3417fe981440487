/* ISC license. */

/* H10: a dump is applied whole or not at all. After each of these the store
   is as it was before, and the daemon has nothing else open. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;
static struct rawclient checker ;
static int files[2] ;  /* held as a and b */
static int brought[4] ;
static char const *const ids[4] = { "a", "n1", "n2", "n3" } ;
static char const *const doubled[4] = { "n1", "n2", "n1", "a" } ;
static unsigned int before ;

 /* What can be seen of the store: the answer to a list, and so on. */

enum { LIST_ANSWER, LIST_COUNT, LISTED_A, LISTED_B, FILE_A, FILE_B, OPEN, FACTS } ;

static char const *const facts[FACTS] =
{
  "it lists", "two ids", "a", "b", "the file of a is open once", "the file of b is open once", "no other descriptor is open"
} ;

static void look (long *seen)
{
  seen[LIST_ANSWER] = raw_list(&checker) ;
  seen[LIST_COUNT] = raw_list_count(&checker) ;
  seen[LISTED_A] = raw_listed(&checker, "a") ;
  seen[LISTED_B] = raw_listed(&checker, "b") ;
  seen[FILE_A] = testdaemon_count_file(&holder, files[0]) ;
  seen[FILE_B] = testdaemon_count_file(&holder, files[1]) ;
  seen[OPEN] = testdaemon_count_fds(&holder) ;
}

static void check_unchanged (char const *name)
{
  long const want[FACTS] = { 0, 2, 1, 1, 1, 1, before } ;
  long seen[FACTS] ;
  for (unsigned int tries = 0 ; tries < 200 ; tries++)
  {
    look(seen) ;
    if (seen[LIST_ANSWER] < 0 || !memcmp(seen, want, sizeof(seen))) break ;
    test_sleep(2) ;
  }
  for (unsigned int i = 0 ; i < FACTS ; i++) tap_int(seen[i], want[i], "H10: %s: the store is as before: %s", name, facts[i]) ;
}

static void check_cut (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  raw_must_connect(&c, "s", dialect) ;
  raw_point_dump(&c, 4, ids, brought, 3, EAGAIN, "H10: %s: three of four are staged", name) ;
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
  if (want == EPROTO) raw_point_closed(&c, got, want, "H10: %s", name) ;
  else if (tap_error(got, want, "H10: %s: %s", name, strerror(want)))
    tap_error(raw_list(&c), 0, "H10: %s: the connection is open", name) ;
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
  raw_point_closed(&c, raw_command(&c, body, len + longer, brought, 1), EPROTO, "H10: %s is refused", name) ;
  raw_close(&c) ;
  check_unchanged(name) ;
}

static void check_interleaved (void)
{
  struct rawclient x, y ;
  raw_must_connect(&x, "s", FRAME_NATIVE) ;
  raw_must_connect(&y, "s", FRAME_S6) ;
  if (raw_setdump(&x, 4) || raw_setdump(&y, 2)) tap_bail("setdump") ;
  tap_error(raw_dumpframe(&x, ids, brought, 2), EAGAIN, "H10: two dumps at a time are staged: one") ;
  tap_error(raw_dumpframe(&y, ids, brought, 1), EAGAIN, "H10: two dumps at a time are staged: the other") ;
  tap_error(raw_dumpframe(&x, doubled, brought, 2), EINVAL, "H10: one of them is refused") ;
  tap_ok(!raw_holds(&checker, "n1"), "H10: neither is there") ;
  tap_error(raw_dumpframe(&y, ids + 1, brought + 1, 1), 0, "H10: the other one is applied") ;
  tap_ok(raw_holds(&checker, "n1"), "H10: it is there") ;
  tap_ok(!raw_listed(&checker, "n2"), "H10: alone") ;
  tap_int(testdaemon_settled_file(&holder, files[0], 0), 0, "H10: what it replaced is closed") ;
  tap_int(testdaemon_settled_file(&holder, brought[0], 1), 1, "H10: what it brought is open") ;
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
  raw_point_closed(&c, raw_dumpframe(&c, ids + 1, brought, 2), EPROTO, "H10: more entries than announced are refused") ;
  raw_close(&c) ;
  check_unchanged("more entries than announced") ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_setdump(&c, 2) || raw_dumpframe(&c, ids, brought, 1) != EAGAIN) tap_bail("setdump") ;
  raw_point_closed(&c, raw_list(&c), EPROTO, "H10: another request within a dump is refused") ;
  raw_close(&c) ;
  check_unchanged("another request within a dump") ;
}

 /* With the flag, no id may be held in the moment when the dump would be applied. */

static void check_new (void)
{
  struct rawclient c, other ;
  unsigned int alone = before ;
  int taken ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_connect(&other, "s", FRAME_NATIVE) ;
  before = testdaemon_count_fds(&holder) ;
  if (raw_setdump_flags(&c, 3, WIRE_SETDUMP_NEW)) tap_bail("setdump") ;
  tap_error(raw_dumpframe(&c, ids, brought, 3), EBUSY, "H10: of new ids: one is held") ;
  tap_error(raw_list(&c), 0, "H10: of new ids: the connection is open") ;
  check_unchanged("of new ids, one is held") ;

  if (raw_setdump_flags(&c, 2, WIRE_SETDUMP_NEW) || raw_dumpframe(&c, ids + 1, brought, 1) != EAGAIN) tap_bail("setdump") ;
  raw_must_store(&other, "n2", brought[3]) ;
  tap_error(raw_dumpframe(&c, ids + 2, brought, 1), EBUSY, "H10: of new ids: one was stored meanwhile") ;
  raw_delete(&other, "n2") ;
  check_unchanged("of new ids, one was stored meanwhile") ;

  if (raw_retrieve(&other, WIRE_RETRIEVE_DELETE, "a", &taken)) tap_bail("take") ;
  close(taken) ;
  if (raw_setdump_flags(&c, 1, WIRE_SETDUMP_NEW)) tap_bail("setdump") ;
  tap_error(raw_dumpframe(&c, ids, brought, 1), EBUSY, "H10: of new ids: one is being taken") ;
  if (raw_setdump_flags(&c, 2, WIRE_SETDUMP_NEW) || raw_dumpframe(&c, ids + 1, brought + 1, 1) != EAGAIN) tap_bail("setdump") ;
  tap_error(raw_command(&other, "A", 1, 0, 0), 0, "H10: it is taken") ;
  tap_error(raw_dumpframe(&c, ids, brought, 1), 0, "H10: of new ids: none is held any longer") ;
  tap_ok(raw_holds(&checker, "a") && raw_holds(&checker, "n1"), "H10: all are there") ;
  tap_error(raw_setdump_flags(&c, 1, 2), EINVAL, "H10: another flag is refused") ;
  tap_error(raw_setdump_flags(&c, 0, WIRE_SETDUMP_NEW), 0, "H10: nothing at all is new") ;
  raw_delete(&checker, "n1") ;
  raw_delete(&checker, "a") ;
  raw_must_store(&checker, "a", files[0]) ;
  raw_close(&other) ;
  raw_close(&c) ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  raw_point_closed(&c, raw_setdump_flags(&c, 1, WIRE_SETDUMP_NEW), EPROTO, "H10: s6's dialect has no such flag") ;
  raw_close(&c) ;
  before = alone ;
  check_unchanged("after all that") ;
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
  check_new() ;
  raw_close(&checker) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
