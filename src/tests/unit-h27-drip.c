/* ISC license. */

/* H27: a request that arrives one byte at a time works, and so does an answer
   that is read one byte at a time: every message of both dialects, the
   handshake included. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { DUMPED = 20 } ;

static struct testdaemon holder ;

static int retrieve (struct rawclient *c, unsigned int flags, char const *id, int file)
{
  int fd ;
  int e = raw_retrieve(c, flags, id, &fd) ;
  int issame = !e && testfile_same(fd, file) ;
  if (fd >= 0) close(fd) ;
  return issame ;
}

static int getdump (struct rawclient *c, int const *files, unsigned int n)
{
  int issame ;
  if (raw_command(c, "?", 1, 0, 0) || raw_receive(c) < 0) return 0 ;
  issame = c->nfds == n ;
  for (unsigned int i = 0 ; issame && i < n ; i++) issame = testfile_same(c->fds[i], files[i]) ;
  raw_drop_fds(c) ;
  return issame ;
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
  tap_ok(!raw_store(&c, longest, 0, files[0]), "H27: %s: stores under an id of 255 bytes", name) ;
  tap_ok(raw_store(&c, longest, 0, files[1]) == EBUSY, "H27: %s: hears an error", name) ;
  tap_ok(retrieve(&c, 0, longest, files[0]), "H27: %s: retrieves", name) ;
  tap_ok(raw_holds(&c, longest), "H27: %s: lists", name) ;
  tap_ok(!raw_delete(&c, longest), "H27: %s: deletes", name) ;
  tap_ok(!raw_setdump(&c, DUMPED) && raw_dumpframe(&c, ids, files, 7) == EAGAIN && !raw_dumpframe(&c, ids + 7, files + 7, DUMPED - 7), "H27: %s: sets a dump", name) ;
  tap_ok(getdump(&c, files, DUMPED), "H27: %s: gets a dump", name) ;
  tap_ok(retrieve(&c, 1, "a", files[0]) && (dialect == FRAME_S6 || !raw_acknowledge(&c)) && !raw_holds(&c, "a"), "H27: %s: retrieves and deletes", name) ;
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
