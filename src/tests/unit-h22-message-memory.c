/* ISC license. */

/* H22: a message for which there is no memory is answered so, and not as if
   the client had made a mistake. One that comes whole needs none. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/faults.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct faults *faults ;
static struct testdaemon holder ;

 /* What the kept part of a message is taken with: clang makes malloc of the
    realloc of nothing. */

#ifdef __clang__
#define FAULT_KEPT FAULT_MALLOC
#else
#define FAULT_KEPT FAULT_REALLOC
#endif

static void check (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  char id[WIRE_ID_MAX + 1] ;
  char body[WIRE_REQUEST_MAX] ;
  char frame[FRAME_S6_HEADER + WIRE_REQUEST_MAX] ;
  size_t len ;
  memset(id, 'x', WIRE_ID_MAX) ;
  id[WIRE_ID_MAX] = 0 ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_list(&c)) tap_bail("list") ;
  faults_arm(faults, FAULT_KEPT, 1, ~0U, ENOMEM) ;
  tap_error(raw_list(&c), 0, "H22: %s: a whole message is judged without memory", name) ;
  len = raw_frame(dialect, frame, body, wire_pack_delete(body, id, WIRE_ID_MAX), 0) - 1 ;
  if (raw_send(c.fd, frame, len, 0, 0) != (ssize_t)len) tap_bail("send") ;
  tap_error(raw_answer(&c), ENOMEM, "H22: %s: no memory for a message is answered with ENOMEM", name) ;
  tap_least(faults->failed, 1, "H22: %s: it was asked for", name) ;
  faults_disarm(faults) ;
  tap_ok(raw_isclosed(&c), "H22: %s: and the connection is closed", name) ;
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  faults = preloaded_begin() ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  check(FRAME_NATIVE, "native") ;
  check(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
