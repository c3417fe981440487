/* ISC license. */

/* H27: a request that arrives one byte at a time works, and so does an answer
   that is read one byte at a time: every message of both dialects, the
   handshake included. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { DUMPED = 20 } ;

static struct testdaemon holder ;

static void check_getdump (struct rawclient *c, int const *files, unsigned int n, char const *name)
{
  unsigned int same = 0 ;
  tap_error(raw_command(c, "?", 1, 0, 0), 0, "H27: %s: asks for a dump", name) ;
  tap_int(raw_receive(c), 0, "H27: %s: gets a frame", name) ;
  if (tap_int(c->nfds, n, "H27: %s: with descriptors", name))
    for (unsigned int i = 0 ; i < n ; i++) same += !!testfile_same(c->fds[i], files[i]) ;
  tap_int(same, n, "H27: %s: of those files", name) ;
  raw_drop_fds(c) ;
}

static void check_dump (struct rawclient *c, char const *const *ids, int const *files, char const *name)
{
  raw_point_dump(c, DUMPED, ids, files, 7, EAGAIN, "H27: %s: sets a dump", name) ;
  tap_error(raw_dumpframe(c, ids + 7, files + 7, DUMPED - 7), 0, "H27: %s: and the rest of it", name) ;
  check_getdump(c, files, DUMPED, name) ;
}

static void check (enum frame_dialect dialect, char const *name)
{
  static char const letters[DUMPED + 1] = "abcdefghijklmnopqrst" ;
  char names[DUMPED][2] = { { 0 } } ;
  char const *ids[DUMPED] ;
  int files[DUMPED] ;
  char longest[WIRE_ID_MAX + 1] ;
  struct rawclient c ;
  for (unsigned int i = 0 ; i < DUMPED ; i++)
  {
    names[i][0] = letters[i] ;
    ids[i] = names[i] ;
    files[i] = testfile() ;
  }
  memset(longest, 'x', WIRE_ID_MAX) ;
  longest[WIRE_ID_MAX] = 0 ;
  tap_ok(raw_connect_dripping(&c, "s", dialect), "H27: %s: connects", name) ;
  tap_error(raw_store(&c, longest, 0, files[0]), 0, "H27: %s: stores under an id of 255 bytes", name) ;
  tap_error(raw_store(&c, longest, 0, files[1]), EBUSY, "H27: %s: hears an error", name) ;
  raw_point_retrieve(&c, 0, longest, files[0], "H27: %s: retrieves", name) ;
  tap_ok(raw_holds(&c, longest), "H27: %s: lists", name) ;
  tap_error(raw_delete(&c, longest), 0, "H27: %s: deletes", name) ;
  check_dump(&c, ids, files, name) ;
  raw_point_retrieve(&c, 1, "a", files[0], "H27: %s: retrieves to delete", name) ;
  if (dialect == FRAME_NATIVE) tap_error(raw_acknowledge(&c), 0, "H27: %s: acknowledges", name) ;
  tap_ok(!raw_holds(&c, "a"), "H27: %s: which deletes", name) ;
  for (unsigned int i = 1 ; i < DUMPED ; i++)
    if (raw_delete(&c, ids[i])) tap_bail("delete") ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) close(files[i]) ;
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_begin(&holder, 0) ;
  check(FRAME_NATIVE, "native") ;
  check(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
