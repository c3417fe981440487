/* ISC license. */

/* H28: idle, half-sent and never-reading clients in every slot: a newcomer of
   another user is served within a second. -t is armed for every exchange. */

#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"

enum { SLOTS = 4, ROOM = 16, LISTED = 400, LISTS = 2000, TIMEOUT_MILLISECONDS = 400 } ;

enum behaviour { IDLE, HALF_SENT, NEVER_READING, MIXED } ;

static struct testdaemon holder ;

static void say_half (int fd)
{
  static char const half[] = { 0, 0, 0, 20, 0 } ;
  raw_send(fd, half, sizeof(half), 0, 0) ;
}

static void behave (struct rawclient *c, enum behaviour behaviour)
{
  switch (behaviour)
  {
    case IDLE : break ;
    case HALF_SENT : say_half(c->fd) ; break ;
    default :
      for (unsigned int i = 0 ; i < LISTS ; i++)
      {
        char frame[FRAME_S6_HEADER + 1] ;
        size_t len = raw_frame(c->dialect, frame, "L", 1, 0) ;
        if (send(c->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len) break ;
      }
      break ;
  }
}

static void check_newcomer (char const *name, enum behaviour behaviour, unsigned int waiting)
{
  struct rawclient hogs[SLOTS + ROOM], c ;
  double begun, took ;
  for (unsigned int i = 0 ; i < SLOTS + waiting ; i++)
  {
    enum frame_dialect dialect = i & 1 && i < SLOTS ? FRAME_NATIVE : FRAME_S6 ;
    if (!raw_connect(hogs + i, "s", (uid_t)-1, dialect)) tap_bail("connect") ;
    behave(hogs + i, behaviour == MIXED ? i % MIXED : behaviour) ;
  }
  begun = test_seconds() ;
  if (tap_ok(raw_connect(&c, "s", TEST_UID, FRAME_NATIVE), "H28: %s: another user is let in", name))
    tap_error(raw_list(&c), 0, "H28: %s: another user is served", name) ;
  took = test_seconds() - begun ;
  timing_most(took, 1000, "H28: %s: within a second", name) ;
  tap_diag("%.3f s", took) ;
  raw_close(&c) ;
  for (unsigned int i = 0 ; i < SLOTS + waiting ; i++) raw_close(hogs + i) ;
}

 /* Whoever is displaced in the middle of a retrieve-and-delete has taken nothing. */

static void check_displaced_taking (void)
{
  static char const *const ids[SLOTS] = { "a00", "a01", "a02", "a03" } ;
  struct rawclient hogs[SLOTS], c ;
  unsigned int deleted = 0, busy = 0 ;
  for (unsigned int i = 0 ; i < SLOTS ; i++)
  {
    int fd ;
    raw_must_connect(hogs + i, "s", FRAME_NATIVE) ;
    if (raw_retrieve(hogs + i, 1, ids[i], &fd)) tap_bail("retrieve") ;
    close(fd) ;
  }
  if (!raw_connect(&c, "s", TEST_UID, FRAME_NATIVE)) tap_bail("connect") ;
  for (unsigned int i = 0 ; i < SLOTS ; i++)
  {
    int e = raw_delete(&c, ids[i]) ;
    deleted += !e ;
    busy += e == EBUSY ;
  }
  tap_int(deleted, 1, "H28: who is displaced while taking has taken nothing") ;
  tap_int(busy, SLOTS - 1, "H28: and the others go on") ;
  for (unsigned int i = 0 ; i < SLOTS ; i++) raw_close(hogs + i) ;
  raw_close(&c) ;
}

 /* Two users come to hold as many slots each; the next one of either waits,
    and is closed when no slot has changed hands for a second. */

static void check_stalemate (void)
{
  struct rawclient hogs[SLOTS], others[SLOTS / 2], c ;
  double begun, took ;
  unsigned int served = 0 ;
  for (unsigned int i = 0 ; i < SLOTS ; i++)
  {
    raw_must_connect(hogs + i, "s", FRAME_NATIVE) ;
    if (raw_list(hogs + i)) tap_bail("list") ;
  }
  for (unsigned int i = 0 ; i < SLOTS / 2 ; i++)
    served += raw_connect(others + i, "s", TEST_UID, FRAME_NATIVE) && !raw_list(others + i) ;
  tap_int(served, SLOTS / 2, "H28: another user gets as many slots as the one that had them all") ;
  begun = test_seconds() ;
  raw_connect(&c, "s", TEST_UID, FRAME_S6) ;
  tap_ok(raw_isclosed(&c), "H28: and no more: the next one is closed") ;
  took = test_seconds() - begun ;
  timing_least(took, 500, "H28: after a second") ;
  timing_most(took, 3000, "H28: and no later") ;
  served = 0 ;
  for (unsigned int i = 0 ; i < SLOTS / 2 ; i++) served += !raw_list(others + i) ;
  tap_int(served, SLOTS / 2, "H28: those that have slots keep them") ;
  for (unsigned int i = 0 ; i < SLOTS ; i++) raw_close(hogs + i) ;
  for (unsigned int i = 0 ; i < SLOTS / 2 ; i++) raw_close(others + i) ;
  raw_close(&c) ;
}

 /* Nobody waits: no slot changes hands, the idle one stays. */

static void check_deadlines (enum frame_dialect dialect, char const *name)
{
  struct rawclient idle, slow ;
  double begun, took ;
  unsigned int answered = 0 ;
  raw_must_connect(&idle, "s", dialect) ;
  raw_must_connect(&slow, "s", dialect) ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    test_sleep(TIMEOUT_MILLISECONDS * 2 / 3) ;
    answered += !raw_list(&slow) ;
  }
  tap_int(answered, 3, "H28: %s: who is idle between exchanges stays", name) ;
  begun = test_seconds() ;
  say_half(slow.fd) ;
  tap_ok(raw_isclosed(&slow), "H28: %s: who sends half a message after others is closed", name) ;
  took = test_seconds() - begun ;
  timing_least(took, TIMEOUT_MILLISECONDS * 8 / 10, "H28: %s: after -t", name) ;
  timing_most(took, TIMEOUT_MILLISECONDS * 5, "H28: %s: and no later", name) ;
  tap_error(raw_list(&idle), 0, "H28: %s: who is idle is not", name) ;
  raw_close(&slow) ;
  raw_close(&idle) ;
}

static void fill (void)
{
  struct rawclient c ;
  int file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < LISTED ; i++)
  {
    char id[4] = { (char)('a' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10), 0 } ;
    raw_must_store(&c, id, file) ;
  }
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-c", "4", "-n", "500", 0 }) ;
  fill() ;
  if (testdaemon_isroot())
  {
    check_newcomer("idle", IDLE, 0) ;
    check_newcomer("half-sent", HALF_SENT, 0) ;
    check_newcomer("never reading", NEVER_READING, 0) ;
    check_newcomer("all three, and as many waiting", MIXED, SLOTS) ;
    check_newcomer("all three, and fifteen waiting", MIXED, ROOM - 1) ;
    check_displaced_taking() ;
    check_stalemate() ;
  }
  testdaemon_finish(&holder) ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-t", "400", 0 }) ;
  check_deadlines(FRAME_NATIVE, "native") ;
  check_deadlines(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
