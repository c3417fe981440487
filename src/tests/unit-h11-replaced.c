/* ISC license. */

/* H11: ids that a dump replaces count once against -n. */

#include <errno.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { HELD = 5 } ;

int main (void)
{
  static char const *const ids[HELD + 1] = { "a", "b", "c", "d", "e", "f" } ;
  static char const *const shifted[HELD] = { "b", "c", "d", "e", "f" } ;
  struct testdaemon holder ;
  struct rawclient c ;
  int old[HELD], new[HELD] ;
  unsigned int closed = 0, open = 0 ;
  testdaemon_begin(&holder, (char const *const []){ "-n", "5", 0 }) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    old[i] = testfile() ;
    new[i] = testfile() ;
    raw_must_store(&c, ids[i], old[i]) ;
  }
  tap_error(raw_store(&c, "f", 0, new[0]), ENFILE, "H11: the holder is full") ;
  tap_error(raw_setdump(&c, HELD + 1), ENFILE, "H11: a dump of more than -n is refused before it comes") ;
  raw_point_dump(&c, HELD, shifted, new, HELD, ENFILE, "H11: a dump with one new id does not fit") ;
  for (unsigned int i = 0 ; i < HELD ; i++) open += testdaemon_count_file(&holder, old[i]) ;
  tap_int(open, HELD, "H11: and changes nothing") ;
  raw_point_dump(&c, HELD, ids, new, HELD, 0, "H11: a dump that replaces all does") ;
  open = 0 ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    closed += !testdaemon_settled_file(&holder, old[i], 0) ;
    open += testdaemon_count_file(&holder, new[i]) ;
  }
  tap_int(closed, HELD, "H11: the old ones are closed") ;
  tap_int(open, HELD, "H11: the new ones are held") ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
