/* ISC license. */

/* H22: a message for which there is no memory is answered so, and not as if
   the client had made a mistake. */

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

static void check (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  char id[WIRE_ID_MAX + 1] ;
  memset(id, 'x', WIRE_ID_MAX) ;
  id[WIRE_ID_MAX] = 0 ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_list(&c)) tap_bail("list") ;
  faults_arm(faults, FAULT_REALLOC, 1, ~0U, ENOMEM) ;
  tap_ok(raw_delete(&c, id) == ENOMEM && faults->failed, "H22: %s: no memory for a message is answered with ENOMEM", name) ;
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
