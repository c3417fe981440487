/* ISC license. */

/* H6: to close a held TCP socket that lingers over unsent data does not stop
   the loop. */

#include <unistd.h>

#include "support/lingering.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

int main (void)
{
  struct testdaemon holder ;
  struct rawclient c ;
  double begun ;
  int fd, other ;
  testdaemon_begin(&holder, 0) ;
  fd = lingering_socket(&other) ;  /* not before: the daemon must not inherit it */
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, "tcp", fd) ;
  close(fd) ;
  begun = test_seconds() ;
  tap_error(raw_delete(&c, "tcp"), 0, "H6: it is deleted") ;
  tap_error(raw_list(&c), 0, "H6: the loop goes on") ;
  tap_most(test_since(begun), LINGER_MEANWHILE, "H6: at once") ;
  close(other) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
