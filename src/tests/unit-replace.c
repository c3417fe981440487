/* ISC license. */

/* Letter P: as a store, but what is there goes in the same moment, also while
   somebody takes it, and also in a holder that is full. */

#include <errno.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { TIMES = 200 } ;

static struct testdaemon holder ;
static struct rawclient c, other ;
static int one, two ;

static void replaces (void)
{
  tap_error(raw_replace(&c, "x", 0, one), 0, "what is not there is stored") ;
  raw_point_retrieve(&other, 0, "x", one, "it is there") ;
  tap_error(raw_store(&c, "x", 0, two), EBUSY, "a store does not replace it") ;
  tap_error(raw_replace(&c, "x", 0, two), 0, "a replace does") ;
  raw_point_retrieve(&other, 0, "x", two, "the new one is there") ;
  tap_int(testdaemon_settled_file(&holder, one, 0), 0, "and the old one is closed") ;
}

 /* Both clients' requests reach the holder in any order. */

static void never_missing (void)
{
  char body[WIRE_REQUEST_MAX] ;
  unsigned int good = 0 ;
  tain never ;
  raw_never(&never) ;
  for (unsigned int i = 0 ; i < TIMES ; i++)
  {
    raw_put(&other, body, wire_pack_retrieve(body, 0, "x", 1), 0, 0) ;
    raw_put(&c, body, wire_pack_replace(body, &never, "x", 1), i & 1 ? &two : &one, 1) ;
    raw_put(&other, body, wire_pack_retrieve(body, 0, "x", 1), 0, 0) ;
    good += !raw_answer(&other) ;
    raw_drop_fds(&other) ;
    good += !raw_answer(&c) ;
    good += !raw_answer(&other) ;
    raw_drop_fds(&other) ;
  }
  tap_int(good, 3 * TIMES, "replaced again and again, it is always there") ;
  raw_point_retrieve(&other, 0, "x", two, "the last one stays") ;
}

static void refused (void)
{
  tain past ;
  int self = raw_socket("s", (uid_t)-1) ;
  raw_limit(&past, -1000) ;
  tap_error(raw_replace(&c, "x", &past, one), EINVAL, "a limit that has passed replaces nothing") ;
  tap_error(raw_replace(&c, "x", 0, self), ELOOP, "nor does a connection to the holder") ;
  tap_error(raw_replace(&c, "n", 0, one), EPERM, "whoever may not store may not replace") ;
  raw_point_retrieve(&other, 0, "x", two, "what was there stays") ;
  tap_int(testdaemon_settled_file(&holder, one, 0), 0, "and what was refused is closed") ;
  close(self) ;
}

static void limited (void)
{
  tain limit ;
  raw_limit(&limit, 300) ;
  tap_error(raw_replace(&c, "x", &limit, one), 0, "a limit takes the place of none") ;
  for (unsigned int i = 0 ; i < 500 && raw_holds(&other, "x") ; i++) test_sleep(10) ;
  tap_ok(!raw_holds(&other, "x"), "and it expires") ;
  tap_error(raw_replace(&c, "x", 0, two), 0, "and is stored again") ;
}

static void full (void)
{
  raw_must_store(&c, "xb", one) ;
  raw_must_store(&c, "xc", one) ;
  tap_error(raw_store(&c, "xd", 0, one), ENFILE, "the holder is full") ;
  tap_error(raw_replace(&c, "xd", 0, one), ENFILE, "also for a replace of what is not there") ;
  tap_error(raw_replace(&c, "x", 0, one), 0, "but not of what is") ;
  raw_point_retrieve(&other, 0, "x", one, "which is the new one") ;
  tap_error(raw_delete(&c, "xb"), 0, "there is room again") ;
  tap_error(raw_replace(&c, "xd", 0, one), 0, "for one more") ;
  raw_delete(&c, "xc") ;
  raw_delete(&c, "xd") ;
}

static void taken (void)
{
  char body[WIRE_REQUEST_MAX] ;
  struct rawclient waiter ;
  raw_must_connect(&waiter, "s", FRAME_NATIVE) ;
  raw_point_retrieve(&other, 1, "x", one, "another client is taking it") ;
  raw_put(&waiter, body, wire_pack_retrieve(body, 3, "x", 1), 0, 0) ;
  tap_error(raw_replace(&c, "x", 0, two), 0, "it is replaced meanwhile") ;
  tap_error(raw_answer(&waiter), 0, "who waits to take it is answered") ;
  tap_ok(waiter.nfds == 1 && testfile_same(waiter.fds[0], two), "and gets the new one") ;
  raw_drop_fds(&waiter) ;
  tap_error(raw_acknowledge(&other), ENOENT, "who was taking takes nothing") ;
  tap_ok(raw_holds(&c, "x"), "and the new one stays") ;
  if (raw_list(&waiter)) tap_bail("list") ;  /* so it takes nothing, and that is known before the next request */
  raw_close(&waiter) ;
  raw_point_retrieve(&other, 1, "x", two, "it is taken") ;
  tap_error(raw_acknowledge(&other), 0, "for good") ;
  tap_error(raw_replace(&c, "x", 0, one), 0, "what was given is stored again") ;
  tap_error(raw_command(&other, "B", 1, 0, 0), EBUSY, "and does not come back") ;
}

static void foreign (void)
{
  struct rawclient s6 ;
  raw_must_connect(&s6, "s", FRAME_S6) ;
  tap_error(raw_replace(&s6, "x", 0, two), EPROTO, "s6 dialect: there is no such letter") ;
  tap_ok(raw_isclosed(&s6), "s6 dialect: and that is the end") ;
  raw_close(&s6) ;
  tap_int(testdaemon_settled_file(&holder, two, 0), 0, "s6 dialect: what came is closed") ;
  raw_point_retrieve(&c, 0, "x", one, "s6 dialect: what was there stays") ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow("uid/self", "^x", "^x", "LIST") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-n", "3", 0 }) ;
  one = testfile() ;
  two = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_connect(&other, "s", FRAME_NATIVE) ;
  replaces() ;
  never_missing() ;
  refused() ;
  limited() ;
  full() ;
  taken() ;
  foreign() ;
  raw_close(&c) ;
  raw_close(&other) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
